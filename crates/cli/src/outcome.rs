//! What a verb found, and how it is printed: one JSON document, or text for people.

use std::io::{self, IsTerminal, Write};

use causeway_api::{Code, Exit, Problem};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::text::plain;

/// What a verb found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    document: Map<String, Value>,
    people: String,
    problem: Option<Problem>,
    /// Said of the failure where people see the result, which names it already, on the same screen.
    summary: Option<&'static str>,
    /// Nothing more to say, but the end was not the planned one.
    interrupted: bool,
}

impl Outcome {
    /// A result: its JSON object and its text for people, whole lines.
    ///
    /// # Errors
    /// [`Code::Internal`] where the value is no JSON object.
    pub(crate) fn new(
        document: &impl Serialize,
        people: impl Into<String>,
    ) -> Result<Self, Problem> {
        match serde_json::to_value(document) {
            Ok(Value::Object(document)) => Ok(Self {
                document,
                people: people.into(),
                ..Self::default()
            }),
            Ok(_) | Err(_) => Err(internal("The result cannot be written as JSON")),
        }
    }

    /// A result that is a failure as well: both are printed, and the failure decides the exit code.
    pub(crate) fn but(mut self, problem: Option<Problem>) -> Self {
        self.problem = problem;
        self
    }

    /// As [`Outcome::but`], for a result in which people have read the failure with its remedy already.
    pub(crate) fn but_shown(self, problem: Option<Problem>, summary: &'static str) -> Self {
        Self {
            summary: Some(summary),
            ..self.but(problem)
        }
    }

    /// Adds what only programs need to know.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.document.insert(key.into(), value.into());
        self
    }

    /// A stream that was interrupted, which is how streams end: nothing is said about it.
    pub(crate) fn interrupted() -> Self {
        Self {
            interrupted: true,
            ..Self::default()
        }
    }

    /// Prints it and says how the program ends. A reader that has gone does not change that.
    pub(crate) fn print(self, json: bool) -> Exit {
        let exit = match &self.problem {
            Some(problem) => problem.code.exit(),
            None if self.interrupted => Exit::Interrupted,
            None => Exit::Done,
        };
        // Where nobody reads any more, nobody can be told so.
        let _ = if json {
            self.print_json()
        } else {
            self.print_people()
        };
        exit
    }

    fn print_json(self) -> io::Result<()> {
        let mut document = self.document;
        if let Some(problem) = self.problem {
            document.insert("error".into(), json!(problem));
        }
        if document.is_empty() {
            return Ok(());
        }
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &document)?;
        writeln!(out)
    }

    fn print_people(self) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(self.people.as_bytes())?;
        out.flush()?;
        match (self.problem, self.summary) {
            (Some(problem), Some(summary)) if out.is_terminal() => {
                let mut err = io::stderr().lock();
                writeln!(err, "causewayctl: {summary} ({})", problem.code)?;
                explain(&mut err, problem.code)
            }
            (Some(problem), _) => tell(&problem),
            (None, _) => Ok(()),
        }
    }
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }
}

/// A failure for people: cause, remedy, and what a help desk will ask for.
fn tell(problem: &Problem) -> io::Result<()> {
    let mut err = io::stderr().lock();
    writeln!(err, "causewayctl: {} ({})", problem.message, problem.code)?;
    if !problem.remedy.is_empty() {
        writeln!(err, "  {}", problem.remedy)?;
    }
    for (key, value) in &problem.detail {
        match value {
            Value::String(text) => writeln!(err, "  {key}: {text}")?,
            Value::Array(items) if !items.is_empty() => match methods(items) {
                Some(text) => writeln!(err, "  {key}: {text}")?,
                None => writeln!(err, "  {key}: {value}")?,
            },
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => {
                writeln!(err, "  {key}: {value}")?;
            }
        }
    }
    explain(&mut err, problem.code)
}

/// Where the page of a code is.
fn explain(err: &mut impl Write, code: Code) -> io::Result<()> {
    if code == Code::Interrupted {
        return Ok(());
    }
    writeln!(err, "  More: causewayctl explain {code}")
}

/// Methods of signing in with what is said of each, in one line.
fn methods(items: &[Value]) -> Option<String> {
    let told = items.iter().map(|item| {
        let text = |key| item.get(key).and_then(Value::as_str);
        Some(format!("{}: {}", text("method")?, text("message")?))
    });
    Some(told.collect::<Option<Vec<String>>>()?.join("; "))
}

/// Something that people should know and that is no failure, on stderr.
pub(crate) fn warn(line: &str) {
    // Whoever closed stderr does not want to read it.
    let _ = writeln!(io::stderr(), "causewayctl: {}", plain(line));
}

/// A command line that was not understood.
pub(crate) fn usage(message: impl Into<String>) -> Problem {
    Problem::new(
        Code::BadConfig,
        "usage",
        message,
        "See 'causewayctl --help', or --help after the command",
    )
}

/// An error of our own.
pub(crate) fn internal(message: impl Into<String>) -> Problem {
    Problem::new(
        Code::Internal,
        "causewayctl",
        message,
        "Report this as a bug",
    )
}
