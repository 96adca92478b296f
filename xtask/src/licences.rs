//! Licence texts of the libraries that the programs carry; their licences ask for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::run::{cargo, output};

/// Name, version, licence and the texts that lie in the sources of each library of these programs.
pub(crate) fn texts(programs: &[&str]) -> Result<String> {
    let metadata = output(&mut cargo(["metadata", "--format-version=1", "--locked"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages: BTreeMap<&str, &Value> = list(&metadata["packages"])
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let roots = packages.iter().filter_map(|(id, package)| {
        list(&package["targets"])
            .any(|target| {
                target["kind"][0] == "bin"
                    && target["name"]
                        .as_str()
                        .is_some_and(|name| programs.contains(&name))
            })
            .then_some(*id)
    });
    let mut text = String::new();
    for id in linked(&metadata["resolve"], roots.collect()) {
        let package = packages.get(id).context("cargo metadata is whole")?;
        // Without a source it is our own.
        if package["source"].is_string() {
            tell(&mut text, package)?;
        }
    }
    Ok(text)
}

/// What is linked into these packages, themselves included. Build scripts and tests are not.
fn linked<'a>(resolve: &'a Value, mut open: Vec<&'a str>) -> BTreeSet<&'a str> {
    let nodes: BTreeMap<&str, &Value> = list(&resolve["nodes"])
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let mut all = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !all.insert(id) {
            continue;
        }
        let needed = nodes.get(id).map_or(&Value::Null, |node| &node["deps"]);
        open.extend(
            list(needed)
                .filter(|dependency| {
                    list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null())
                })
                .filter_map(|dependency| dependency["pkg"].as_str()),
        );
    }
    all
}

fn tell(text: &mut String, package: &Value) -> Result<()> {
    let of = |key: &str| package[key].as_str().unwrap_or("not named");
    writeln!(text, "{} {}: {}", of("name"), of("version"), of("license"))?;
    let folder = Path::new(of("manifest_path"))
        .parent()
        .context("a manifest lies in a folder")?;
    let mut files: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .to_uppercase();
            path.is_file()
                && ["LICEN", "COPYING", "NOTICE"]
                    .iter()
                    .any(|word| name.starts_with(word))
        })
        .collect();
    files.sort();
    for file in files {
        let licence = fs::read(&file).with_context(|| file.display().to_string())?;
        writeln!(text, "\n{}", String::from_utf8_lossy(&licence).trim_end())?;
    }
    writeln!(text, "\n{}\n", "-".repeat(79))?;
    Ok(())
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
