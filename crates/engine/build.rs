//! Names the versions of libraries that a help desk asks for, as `Cargo.lock` has them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const LOCK: &str = "../../Cargo.lock";
const WANTED: [&str; 10] = [
    "hickory-resolver",
    "keyring",
    "libgssapi",
    "reqwest",
    "ring",
    "rustls",
    "sspi",
    "tokio",
    "tokio-xmpp",
    "xmpp-parsers",
];

fn main() {
    println!("cargo::rerun-if-changed={LOCK}");
    println!("cargo::rerun-if-changed=build.rs");
    let lock = fs::read_to_string(LOCK).expect("the lock file is beside the workspace");
    let mut table =
        String::from("/// Libraries and their versions.\nconst LIBRARIES: &[(&str, &str)] = &[\n");
    for package in lock.split("[[package]]") {
        let value = |key: &str| {
            let lines = package.lines();
            let mut lines = lines.filter_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
            lines.next()?.strip_suffix('"')
        };
        if let (Some(name), Some(version)) = (value("name"), value("version"))
            && WANTED.contains(&name)
        {
            writeln!(table, "    ({name:?}, {version:?}),").expect("a string takes every line");
        }
    }
    table.push_str("];\n");
    let directory = env::var("OUT_DIR").expect("cargo names it");
    fs::write(Path::new(&directory).join("libraries.rs"), table).expect("the directory is ours");
}
