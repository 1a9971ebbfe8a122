//! Tests of what scripts rely on: the ways to ask and to get the answer, and that nothing surprises.

mod endings;
mod files;
mod no_stream;
mod output_schema;
mod stdout;

use crate::support::model_server::ModelServer;
use crate::support::program::{Program, Ran};

/// `ask` with a scripted model, and nothing on standard input.
fn ask(program: &Program, model: &ModelServer, arguments: &[&str]) -> Ran {
    let url = model.url();
    let head = ["ask", "--base-url", &url, "--model", "openai.openai/gpt-oss-20b"];
    program.run(&[&head[..], arguments].concat())
}
