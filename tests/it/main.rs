//! Stories: the real programs, the simulator and a real XMPP server, all on loopback.

mod chats;
mod contacts;
mod crash;
mod first_run;
mod notifications;
mod outage;
mod relay;
mod routing;
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
