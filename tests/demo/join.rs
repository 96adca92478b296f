//! How the person at the terminal can take part.

use causeway_tests::cast::password;
use causeway_tests::program;

use crate::stage::Stage;
use crate::transcript::aside;

pub(crate) fn print(stage: &Stage) {
    let world = stage.world();
    let ctl = &world.ctl;
    aside(&format!(
        r#"
Anna's Lync account and her XMPP account are bridged. What people write to her in Lync reaches her phone, an XMPP account.

  Join as Anna's phone with any XMPP client:
    JID       phone@xmpp.example
    password  {phone}     (in a shell: {phone_quoted})
    host      127.0.0.1, port {port} (STARTTLS) or {direct} (direct TLS)
    CA file   {xmpp_ca}
  Answer a text, or begin with @ben, @carla, @hiro … to say whom you mean.

  Ask the running bridge:
    {ctl_path} --config {config} --data-dir {data} contacts
    … presence ben@contoso.example · status set busy · send ben@contoso.example Hello · watch

  Sign in to the Lync side with another UCWA client:
    discovery {discovery}
    user      ben@contoso.example (CONTOSO\ben), password {ben}     (in a shell: {ben_quoted})
    CA file   {lync_ca}

  Let somebody of the Lync cast write or change (docs/simulator.md, "Control verbs"):
    curl -d '{{"to":"anna@contoso.example","text":"Hello"}}' {control}/people/ben@contoso.example/message
    curl -d '{{"availability":"Away","note":"Lunch"}}' {control}/people/ben@contoso.example/status

Ctrl-C ends everything.
"#,
        phone = password("phone"),
        phone_quoted = quoted(password("phone")),
        port = world.prosody.port(),
        direct = world.prosody.direct_port(),
        xmpp_ca = world.prosody.ca().display(),
        ctl_path = program::path("causewayctl").display(),
        config = ctl.config.display(),
        data = ctl.data_dir.display(),
        discovery = world.sim.ready().discovery,
        ben = world.sim.account("ben").password,
        ben_quoted = quoted(&world.sim.account("ben").password),
        control = world.sim.ready().control,
        lync_ca = world.sim.ready().ca.display(),
    ));
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
