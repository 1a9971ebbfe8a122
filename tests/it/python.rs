//! Python functions as tools, under the Python of this machine.

mod calls;
mod cards;
mod ends;
mod hooks;
mod lifecycle;
mod schemas;
