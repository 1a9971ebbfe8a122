//! The Hugging Face Hub: what may be asked of it, and asking.
