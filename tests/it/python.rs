//! Python functions as tools, under the Python of this machine.

mod calls;
mod cards;
mod commands;
mod ends;
mod hooks;
mod lifecycle;
mod schemas;
