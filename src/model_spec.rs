//! A model's name as people write it: `provider.model:suffix?key=value`.
