//! Generates the Tauri context from `tauri.conf.json` at the top of the repository.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The default would be `capabilities` beside Cargo.toml; the shell keeps its own things in its own folder.
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    tauri_build::try_build(attributes)?;
    Ok(())
}
