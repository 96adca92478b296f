//! Stories: the real programs, the simulator and a real XMPP server, all on loopback.

mod activity;
mod chats;
mod codes;
mod contacts;
mod crash;
mod first_run;
mod kept_server;
mod life;
mod names;
mod notifications;
mod outage;
mod proxies;
mod relay;
mod routing;
mod secrets;
mod services;
mod sign_in;
mod status;
mod tray;
mod ucwa;
mod unconfigured;
mod verbs;
mod when_back;
mod window;
mod windows_sign_in;
mod xmpp;
