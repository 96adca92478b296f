//! The proxy of an office that lets nobody out without a login of Windows: Apache, which asks a real Kerberos library and gss-ntlmssp.

use std::path::Path;

use tempfile::TempDir;

use crate::domain::{Domain, PROXY};
use crate::front::{ALL, Asks, apache};
use crate::names::Names;
use crate::program::Program;
use crate::sim::free_port;

/// A running Apache.
pub struct OfficeProxy {
    program: Program,
    dir: TempDir,
    ports: [u16; 4],
    _names: Names,
}

impl OfficeProxy {
    /// Starts one; for it every name is on this computer. NTLM knows `accounts`, name and password, in the domain CONTOSO.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(domain: &Domain, accounts: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let names = Names::start().await;
        let ports = [free_port(), free_port(), free_port(), free_port()];
        let people: String = accounts
            .iter()
            .map(|(name, password)| format!("CONTOSO:{name}:{password}\n"))
            .collect();
        let keytab = std::fs::read(domain.keytab()).expect("the domain has made keys");
        let configuration = configuration(dir.path(), &names.url(), ports);
        for (name, content) in [
            ("httpd.conf", configuration.into_bytes()),
            ("ntlm-users", people.into_bytes()),
            ("http.keytab", keytab),
            ("nobody", Vec::new()),
        ] {
            std::fs::write(dir.path().join(name), content)
                .expect("a file of Apache can be written");
        }
        let program = apache(dir.path(), &domain.configuration(), &ports).await;
        Self {
            program,
            dir,
            ports,
            _names: names,
        }
    }

    /// The one that asks for that, as `lync.proxy` wants it.
    pub fn url(&self, asks: Asks) -> String {
        format!("http://{PROXY}:{}", self.ports[asks as usize])
    }

    /// A line for each request that is over: what was asked for, status, whom it was taken for, `Proxy-Authorization`.
    pub fn access(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("access.log")).unwrap_or_default()
    }

    /// Its errors, for a test that failed.
    pub fn log(&self) -> String {
        let errors = std::fs::read_to_string(self.dir.path().join("error.log"));
        format!(
            "{}{}{}",
            self.program.log_text(),
            errors.unwrap_or_default(),
            self.access()
        )
    }
}

fn configuration(dir: &Path, names: &str, ports: [u16; 4]) -> String {
    let dir = dir.display().to_string();
    let modules: String = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "auth_basic",
        "authz_core",
        "authz_user",
        "auth_gssapi",
        "proxy",
        "proxy_http",
        "proxy_connect",
    ]
    .iter()
    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
    .collect();
    let hosts: String = ALL
        .iter()
        .zip(ports)
        .map(|(asks, port)| {
            let asks = asks.directives(&dir);
            format!(
                "Listen 127.0.0.1:{port}\n<VirtualHost *:{port}>\nProxyRequests On\nAllowCONNECT 1-65535\nProxyRemote * {names}\n\
                 <Proxy *>\n{asks}Require valid-user\n</Proxy>\n</VirtualHost>\n"
            )
        })
        .collect();
    format!(
        "ServerRoot {dir}\nServerName {PROXY}\nPidFile {dir}/httpd.pid\nDefaultRuntimeDir {dir}\nMutex file:{dir} default\n{modules}\
         User www-data\nGroup www-data\nStartServers 1\nServerLimit 1\nThreadsPerChild 32\nMaxRequestWorkers 32\n\
         KeepAlive On\nErrorLog {dir}/error.log\nLogLevel warn auth_gssapi:debug\n\
         LogFormat \"%r %>s %u %{{Proxy-Authorization}}i\" short\nCustomLog {dir}/access.log short\n{hosts}"
    )
}
