//! Cards: Markdown files whose front matter says what an agent has and whose body is its prompt.
