//! The bridge, told as stories about Anna and Carol in Lync and Ben, who is away from his desk with a phone that has XMPP.

mod answering;
mod blocked;
mod delivery;
mod many;
mod own_status;
mod relaying;
mod stage;
