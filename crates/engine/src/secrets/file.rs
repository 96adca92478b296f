//! Password files: for servers and scripts, where there is no key store.

use std::path::Path;

use causeway_api::{Code, Problem};
use secrecy::SecretString;

use crate::config::plain_file;
use crate::own_files;

/// Longest password in bytes.
const LONGEST: usize = 4096;

/// Reads the password in a file; one line end at its end is not part of it. Blocking.
///
/// The file must belong to the user of this program or to who rules the computer, and nobody else may read or write it.
///
/// # Errors
/// `SecretFileMode` where others can get at it; `BadConfig` where it is missing, empty, too large or not text.
pub(super) fn read(path: &Path) -> Result<SecretString, Problem> {
    let unusable = |what: String, remedy: &str| {
        Problem::new(
            Code::BadConfig,
            super::STEP,
            format!("The password file {} {what}", path.display()),
            remedy,
        )
        .with("file", path.display().to_string())
    };
    let unreadable = |error: std::io::Error| {
        unusable(
            format!("cannot be read: {error}"),
            "Create it, or correct the path in password_file",
        )
    };
    let file = plain_file::open(path).map_err(unreadable)?;
    if let Some((why, remedy)) = own_files::is_open_to(path, &file).map_err(unreadable)? {
        let message = format!("The password file {} {why}", path.display());
        return Err(
            Problem::new(Code::SecretFileMode, super::STEP, message, remedy)
                .with("file", path.display().to_string()),
        );
    }
    let bytes = plain_file::read(&file, LONGEST + 2).map_err(unreadable)?;
    let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LONGEST {
        return Err(unusable(
            format!("is longer than {LONGEST} bytes"),
            "Put the password alone into it",
        ));
    }
    if line.is_empty() {
        return Err(unusable("is empty".into(), "Put the password into it"));
    }
    match std::str::from_utf8(line) {
        Ok(password) if !password.contains(['\n', '\0']) => Ok(SecretString::from(password)),
        Ok(_) => Err(unusable(
            "has more than one line".into(),
            "Put the password alone into it",
        )),
        Err(_) => Err(unusable("is not UTF-8 text".into(), "Save it as UTF-8")),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    fn check(content: &[u8], mode: u32) -> Result<String, Code> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        read(&path)
            .map(|secret| secret.expose_secret().to_owned())
            .map_err(|problem| problem.code)
    }

    #[test]
    fn one_line_end_is_cut_and_every_other_character_is_the_password() {
        assert_eq!(check(b"s3cret\n", 0o600), Ok("s3cret".into()));
        assert_eq!(check(b"s3cret\r\n", 0o400), Ok("s3cret".into()));
        assert_eq!(
            check(" lösen ord ".as_bytes(), 0o600),
            Ok(" lösen ord ".into())
        );
    }

    #[test]
    fn a_file_that_others_can_get_at_is_refused() {
        for mode in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777] {
            assert_eq!(
                check(b"s3cret", mode),
                Err(Code::SecretFileMode),
                "{mode:o}"
            );
        }
    }

    #[test]
    fn what_is_no_password_is_refused() {
        for content in [&b""[..], b"\n", b"two\nlines\n", b"\xff\xfe", b"nul\0"] {
            assert_eq!(check(content, 0o600), Err(Code::BadConfig), "{content:?}");
        }
        assert_eq!(
            check(&vec![b'x'; LONGEST], 0o600).map(|password| password.len()),
            Ok(LONGEST)
        );
        assert_eq!(check(&vec![b'x'; LONGEST + 1], 0o600), Err(Code::BadConfig));
    }

    #[test]
    fn a_missing_file_a_directory_and_a_pipe_are_refused_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(
            std::process::Command::new("mkfifo")
                .args(["-m", "600"])
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        assert_eq!(read(&pipe).unwrap_err().code, Code::BadConfig);
        assert_eq!(
            read(&dir.path().join("none")).unwrap_err().code,
            Code::BadConfig
        );
        assert_eq!(read(dir.path()).unwrap_err().code, Code::BadConfig);
    }
}
