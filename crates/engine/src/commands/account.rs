//! Commands of the first run and of signing in and out.

use causeway_api::{About, Code, Discovered, Password, Problem, Reply, Side, SignInMethod};

use ucwa::wire::challenge::{GRANT_PASSIVE, GRANT_PASSWORD, GRANT_WINDOWS};
use url::Url;

use super::reply;
use crate::{
    check, config,
    core::{Core, Found},
    prepare::{Reach, lync_account, lync_settings, xmpp_account},
    problems::{self, Next},
    refusals::Refusals,
    secrets::{Account, Secrets},
    send::Answer,
    unit::{Unit, Write},
};

/// No server takes longer ones.
const LONGEST_PASSWORD: usize = 4096;
/// AD FS cuts large tickets into several cookies; no server takes more.
const LONGEST_COOKIES: usize = 65536;

impl Core {
    /// Who and what this is.
    pub(super) fn about(&self) -> Reply {
        let own = self.own_address(Side::Lync).to_lowercase();
        Reply::About(About {
            version: env!("CARGO_PKG_VERSION").into(),
            name: self
                .names
                .get(&own)
                .filter(|name| !name.is_empty())
                .cloned(),
            support_url: self
                .configuration
                .settings
                .support_url
                .value
                .as_ref()
                .map(ToString::to_string),
        })
    }

    /// Looks for the server of an address away from the loop.
    pub(super) fn discover(&mut self, address: &str, mut answer: Answer) {
        let Ok(address) = address.trim().parse::<ucwa::SipUri>() else {
            let problem = Problem::new(
                Code::BadAddress,
                "finding-server",
                "This is not a sign-in address.",
                "Write it as anna@contoso.example.",
            );
            return reply(answer, Err(problem));
        };
        // What is configured holds: the way through a proxy, a CA, domains that are trusted.
        let locations = self.options.locations.clone();
        let secrets = self.options.secrets.clone();
        let task = tokio::spawn(async move {
            let search = async {
                let reading =
                    tokio::task::spawn_blocking(move || config::lync_of(&locations, &address));
                let lync = reading.await.ok().flatten();
                let lync =
                    lync.ok_or_else(|| problems::internal("the address could not be set"))?;
                found(&lync, &secrets).await
            };
            tokio::select! {
                // Nobody waits for it any more.
                () = answer.closed() => {}
                result = search => reply(answer, result.map(Reply::Discovered)),
            }
        });
        if let Some(before) = self.discovery.replace(task.abort_handle()) {
            before.abort();
        }
    }

    /// A password was typed: it is kept, and the link starts with it.
    pub(super) fn set_password(&self, side: Side, password: Password, keep: bool, answer: Answer) {
        let account = match self.account(side) {
            Ok(account) => account,
            Err(problem) => return reply(answer, Err(problem)),
        };
        if let Some(file) = &account.password_file {
            let problem = Problem::new(
                Code::BadConfig,
                "password",
                format!("The password is read from {}", file.display()),
                "Write the password into that file, or remove password_file from the configuration",
            );
            return reply(answer, Err(problem));
        }
        let secret = password.into_secret();
        let length = secrecy::ExposeSecret::expose_secret(&secret).len();
        if !(1..=LONGEST_PASSWORD).contains(&length) {
            let remedy = "Give a password of 1 to 4096 bytes.";
            return reply(answer, Err(problems::usage("password", remedy)));
        }
        let (secrets, found) = (self.options.secrets.clone(), self.found.clone());
        let refusals = Refusals::of(&self.options.data_dir);
        tokio::spawn(async move {
            let kept = secrets.keep(&account, secret, keep).await;
            refusals.forget(side);
            // The loop may have ended meanwhile.
            let _ = found.send(Found::Password(side));
            reply(answer, Ok(Reply::PasswordTaken { kept }));
        });
    }

    /// The person was on the sign-in page: the link starts with what that gave.
    pub(super) fn web_sign_in(
        &mut self,
        token_url: &str,
        cookies: Password,
    ) -> Result<Reply, Problem> {
        let account = self.account(Side::Lync)?;
        let asked = self.lync.link_state().error;
        let asked = asked.filter(|problem| problem.code == Code::WebSignIn);
        let wanted = asked.and_then(|problem| problem.detail.get("token_url").cloned());
        let url = Url::parse(token_url).ok();
        let Some(url) =
            url.filter(|url| wanted.as_ref().is_some_and(|wanted| wanted == url.as_str()))
        else {
            let remedy = "No sign-in page is wanted now.";
            return Err(problems::usage("sign-in page", remedy));
        };
        let cookies = cookies.into_secret();
        let text = secrecy::ExposeSecret::expose_secret(&cookies);
        // What a header can hold.
        if !(1..=LONGEST_COOKIES).contains(&text.len())
            || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        {
            let remedy = "Give cookies as in the header of that name, at most 65536 bytes.";
            return Err(problems::usage("sign-in page", remedy));
        }
        let origin = url.origin().ascii_serialization();
        self.options
            .secrets
            .keep_cookies(&account, origin, Some(cookies));
        self.start(Side::Lync);
        Ok(Reply::Done)
    }

    /// What the server does not take, or takes for somebody else's, is not offered a second time.
    pub(crate) fn cookies_refused(&self, error: &ucwa::Error) {
        let Ok(account) = self.account(Side::Lync) else {
            return;
        };
        let secrets = &self.options.secrets;
        if let ucwa::ErrorKind::WebSignIn {
            token_url,
            refused: true,
            ..
        } = &error.kind
        {
            let origin = token_url.origin().ascii_serialization();
            secrets.keep_cookies(&account, origin, None);
        } else if let ucwa::ErrorKind::OtherPerson { .. } = &error.kind {
            secrets.forget_cookies(&account);
        }
    }

    /// Ends both sessions and forgets what is kept to begin new ones.
    pub(super) fn sign_out(&mut self, answer: Answer) {
        let sides: Vec<Side> = self.sides().collect();
        let accounts: Vec<Account> = sides
            .iter()
            .filter_map(|side| self.account(*side).ok())
            .collect();
        for side in sides {
            self.stopped(side, None);
        }
        let mut unit = Unit::default();
        unit.write(Write::LyncServer(None));
        self.carry_out(unit);
        let secrets = self.options.secrets.clone();
        tokio::spawn(async move {
            let mut result = Ok(Reply::Done);
            for account in accounts {
                if let Err(problem) = secrets.forget(&account).await {
                    result = Err(problem);
                }
            }
            reply(answer, result);
        });
    }

    fn account(&self, side: Side) -> Result<Account, Problem> {
        let settings = &self.configuration.settings;
        match side {
            Side::Lync => settings.lync.as_ref().map(lync_account),
            Side::Xmpp => settings.xmpp.as_ref().map(xmpp_account),
            Side::Gateway => None,
        }
        .ok_or_else(|| problems::not_configured(side))
    }
}

/// Climbs the ladder as far as it goes without a password.
async fn found(lync: &config::Lync, secrets: &Secrets) -> Result<Discovered, Problem> {
    let reach = Reach::of(lync).await?;
    let reports = ucwa::client::check(lync_settings(lync, true, reach)).await;
    let mut server = String::new();
    for report in reports {
        let step = check::lync_step(report.step);
        let facts = report
            .result
            .map_err(|error| problems::lync(&error, step, Next::Ask))?;
        if let Some(host) = facts.host {
            server = host;
        }
        if report.step == ucwa::client::Step::AskingMethods {
            return offered(server, &facts.methods, secrets).await;
        }
    }
    Err(problems::internal("the search for the server ended early"))
}

async fn offered(
    server: String,
    methods: &[String],
    secrets: &Secrets,
) -> Result<Discovered, Problem> {
    let offers = |grant: &str| {
        methods
            .iter()
            .any(|method| method.eq_ignore_ascii_case(grant))
    };
    let (windows, form) = (offers(GRANT_WINDOWS), offers(GRANT_PASSWORD));
    let web = offers(GRANT_PASSIVE);
    if !windows && !form && !web {
        return Err(Problem::new(
            Code::NoMethod,
            "asking-methods",
            format!("{server} offers no sign-in that Causeway can do."),
            "Ask your administrator to allow Windows authentication or forms for the web services.",
        )
        .with("methods", methods.join(", ")));
    }
    // Without a ticket "no password" would be an empty promise.
    let ticket = if windows {
        ucwa::client::ticket().await.ok()
    } else {
        None
    };
    let keep_in = secrets
        .key_store_is_there()
        .await
        .then_some(causeway_api::Kept::KeyStore);
    Ok(Discovered {
        server,
        methods: [
            ticket.is_some().then_some(SignInMethod::Windows),
            (windows || form).then_some(SignInMethod::Forms),
            web.then_some(SignInMethod::Web),
        ]
        .into_iter()
        .flatten()
        .collect(),
        windows_account: ticket.map(|ticket| ticket.to_string()),
        form,
        keep_in,
    })
}
