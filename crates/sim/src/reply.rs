//! What goes back to a client: a resource, nothing, or a refusal in the documented form (UCWA reference, reason).

use serde_json::{Value, json};

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

/// Body of an answer.
pub(crate) enum Content {
    Empty,
    Json(Value),
    /// Media type and bytes.
    Raw(&'static str, Vec<u8>),
    /// Media type with parameters, and bytes.
    Typed(String, Vec<u8>),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(_) => f.write_str("Json"),
            Self::Raw(kind, bytes) => write!(f, "{kind}, {} bytes", bytes.len()),
            Self::Typed(kind, bytes) => write!(f, "{kind}, {} bytes", bytes.len()),
        }
    }
}

impl Reply {
    pub(crate) fn json(value: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            content: Content::Json(value),
        }
    }

    pub(crate) fn no_content() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            content: Content::Empty,
        }
    }

    /// 201 with `Location`.
    pub(crate) fn created(location: String, content: Content) -> Self {
        Self {
            status: 201,
            headers: vec![("location", location)],
            content,
        }
    }

    pub(crate) fn html(status: u16, text: &str) -> Self {
        let page = format!(
            "<!DOCTYPE html>\r\n<html><head><title>{text}</title></head><body><h2>{status} - {text}</h2></body></html>\r\n"
        );
        Self {
            status,
            headers: Vec::new(),
            content: Content::Raw("text/html", page.into_bytes()),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Why a request is refused: `{code, subcode?, message, parameters?}`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) subcode: Option<&'static str>,
    pub(crate) message: String,
    /// Only with 400: the parameter at fault and what is wrong with it.
    pub(crate) parameter: Option<Box<(String, String)>>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            subcode: None,
            message: message.into(),
            parameter: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn sub(mut self, subcode: &'static str) -> Self {
        self.subcode = Some(subcode);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// 400, a value that is missing or out of its range.
    pub(crate) fn parameter(name: &str, wrong: &str) -> Self {
        let mut refusal = Self::new(400, "BadRequest", format!("The parameter {name} {wrong}."))
            .sub("ParameterValidationFailure");
        refusal.parameter = Some(Box::new((name.to_owned(), wrong.to_owned())));
        refusal
    }

    /// 400, a body that cannot be read.
    pub(crate) fn deserialization(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message).sub("DeserializationFailure")
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "NotFound", format!("There is no such {what}."))
    }

    pub(crate) fn no_application() -> Self {
        Self::new(
            404,
            "NotFound",
            "The application does not exist or has ended.",
        )
        .sub("ApplicationNotFound")
    }

    /// 409 without subcode: the resource is in another state.
    pub(crate) fn wrong_state(message: &str) -> Self {
        Self::new(409, "Conflict", message)
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(403, "Forbidden", message)
    }

    pub(crate) fn unsupported_media_type(message: &str) -> Self {
        Self::new(415, "UnsupportedMediaType", message).sub("UnsupportedMediaType")
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        let mut body = json!({ "code": refusal.code, "message": refusal.message });
        if let Some(subcode) = refusal.subcode {
            body["subcode"] = subcode.into();
        }
        if let Some((name, wrong)) = refusal.parameter.map(|parameter| *parameter) {
            body["parameters"] = json!([{ "name": name, "reason": wrong }]);
        }
        Reply {
            status: refusal.status,
            headers: refusal.headers,
            content: Content::Json(body),
        }
    }
}

/// What a handler gives back.
pub(crate) type Answer = Result<Reply, Refusal>;
