//! What the stories are told with: the real programs and servers, each on a free loopback port and in a temporary
//! directory, each ended with the test that started it.

pub mod agent;
pub mod browser;
pub mod cast;

mod certificates;
pub mod ctl;
pub mod desktop;
pub mod directory;
pub mod domain;
pub mod dunst;
pub mod front;
pub mod handshake;
pub mod island;
pub mod key_store;
pub mod names;
pub mod office_proxy;
pub mod old_server;
pub mod person;
pub mod program;
pub mod prosody;
pub mod proxy;
pub mod proxy_settings;
pub mod report;
pub mod screen;
pub mod sim;
pub mod stranger;
pub mod wait;
pub mod web_proxy;
pub mod window;
pub mod wine;
