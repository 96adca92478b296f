//! The XML forms of UCWA inputs and resources, for clients that prefer them to JSON.

use quick_xml::events::Event;
use serde_json::{Map, Value};

use crate::reply::Refusal;

const NAMESPACE: &str = "http://schemas.microsoft.com/rtc/2012/03/ucwa";

/// Members of an `<input>` or `<resource>` body: `property` and `propertyList` of the top level.
pub(crate) fn members(body: &[u8]) -> Result<Vec<(String, Value)>, Refusal> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::deserialization("The XML body is not UTF-8."))?;
    let wrong = |what: &str| {
        Refusal::deserialization(format!("The body is not the XML of an input: {what}."))
    };
    let mut reader = quick_xml::Reader::from_str(text);
    let mut members = Vec::new();
    let mut depth = 0_usize;
    let mut open: Option<(String, bool)> = None;
    let mut current = String::new();
    let mut items = Vec::new();
    loop {
        match reader
            .read_event()
            .map_err(|error| wrong(&error.to_string()))?
        {
            Event::Start(tag) => {
                depth += 1;
                let local = tag.local_name().as_ref().to_owned();
                let root_is_wrong = depth == 1 && local != "input" && local != "resource";
                if root_is_wrong || depth > 8 {
                    return Err(wrong("unexpected element"));
                }
                if depth == 2 && (local == "property" || local == "propertyList") {
                    let name = tag
                        .attributes()
                        .flatten()
                        .find(|attribute| attribute.key.as_ref() == "name");
                    let name = name
                        .map(|attribute| attribute.value.into_owned())
                        .ok_or_else(|| wrong("a property has no name"))?;
                    open = Some((name, local == "propertyList"));
                    items.clear();
                }
                current.clear();
            }
            Event::Text(piece) => current.push_str(&piece),
            Event::CData(piece) => current.push_str(&piece),
            Event::GeneralRef(reference) => {
                let whole = format!("&{};", &*reference);
                current.push_str(
                    &quick_xml::escape::unescape(&whole)
                        .map_err(|error| wrong(&error.to_string()))?,
                );
            }
            Event::End(_) => {
                if depth == 3 && open.is_some() {
                    items.push(Value::from(current.trim()));
                    current.clear();
                }
                if depth == 2
                    && let Some((name, list)) = open.take()
                {
                    members.push((
                        name,
                        if list {
                            Value::Array(std::mem::take(&mut items))
                        } else {
                            current.trim().into()
                        },
                    ));
                }
                depth = depth.saturating_sub(1);
            }
            Event::Eof if depth == 0 => return Ok(members),
            Event::Eof => return Err(wrong("it ends too early")),
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

/// A resource in its XML form: links, properties and embedded resources.
pub(crate) fn resource(value: &Value) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    let root = if value.get("code").is_some() {
        "reason"
    } else {
        "resource"
    };
    write_element(&mut out, root, None, value, true);
    out
}

fn write_element(out: &mut String, element: &str, rel: Option<&str>, value: &Value, root: bool) {
    let empty = Map::new();
    let members = value.as_object().unwrap_or(&empty);
    out.push('<');
    out.push_str(element);
    if root {
        attribute(out, "xmlns", NAMESPACE);
    }
    let rel = rel.or_else(|| members.get("rel").and_then(Value::as_str));
    if let Some(rel) = rel.filter(|_| element == "resource") {
        attribute(out, "rel", rel);
    }
    let links = members
        .get("_links")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    if let Some(href) = links
        .get("self")
        .and_then(|link| link.get("href"))
        .and_then(Value::as_str)
    {
        attribute(out, "href", href);
    }
    out.push('>');
    for (name, link) in links.iter().filter(|(name, _)| *name != "self") {
        for link in one_or_many(link) {
            out.push_str("<link");
            attribute(out, "rel", name);
            for (name, value) in link.as_object().unwrap_or(&empty) {
                attribute(out, name, value.as_str().unwrap_or_default());
            }
            out.push_str("/>");
        }
    }
    for (name, value) in members
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "_links" | "_embedded" | "rel"))
    {
        property(out, name, value, element == "reason");
    }
    for (name, embedded) in members
        .get("_embedded")
        .and_then(Value::as_object)
        .unwrap_or(&empty)
    {
        for one in one_or_many(embedded) {
            write_element(out, "resource", Some(name), one, false);
        }
    }
    out.push_str("</");
    out.push_str(element);
    out.push('>');
}

fn property(out: &mut String, name: &str, value: &Value, plain: bool) {
    match value {
        Value::Array(items) => {
            out.push_str("<propertyList");
            attribute(out, "name", name);
            out.push('>');
            for item in items {
                out.push_str("<item>");
                text(out, item);
                out.push_str("</item>");
            }
            out.push_str("</propertyList>");
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)
            if plain =>
        {
            out.push_str(&format!("<{name}>"));
            text(out, value);
            out.push_str(&format!("</{name}>"));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            out.push_str("<property");
            attribute(out, "name", name);
            out.push('>');
            text(out, value);
            out.push_str("</property>");
        }
    }
}

fn one_or_many(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn attribute(out: &mut String, name: &str, value: &str) {
    out.push_str(&format!(" {name}=\"{}\"", quick_xml::escape::escape(value)));
}

fn text(out: &mut String, value: &Value) {
    match value.as_str() {
        Some(text) => out.push_str(&quick_xml::escape::escape(text)),
        None => out.push_str(&quick_xml::escape::escape(value.to_string())),
    }
}
