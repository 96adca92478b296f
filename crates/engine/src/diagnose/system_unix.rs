//! What system it is, on Unix.

use std::fs;

/// Version of the kernel.
pub(super) fn kernel() -> String {
    let kernel = rustix::system::uname();
    kernel.release().to_string_lossy().into_owned()
}

/// `PRETTY_NAME` of os-release(5).
pub(super) fn release() -> Option<String> {
    let text = fs::read_to_string("/etc/os-release")
        .or_else(|_| fs::read_to_string("/usr/lib/os-release"))
        .ok()?;
    pretty_name(&text)
}

fn pretty_name(text: &str) -> Option<String> {
    let name = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_for_people() {
        let release = "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13\"\n";
        assert_eq!(pretty_name(release).as_deref(), Some("Debian GNU/Linux 13"));
    }
}
