//! Which command is carried out by whom.

use causeway_api::{Command, Reply};
use ucwa::PrivacyWish;

use super::{Wish, reply};
use crate::{
    chats::Place,
    core::Core,
    diagnose::{self, Wanted},
    options::Options,
    privacy, problems,
    refusals::Refusals,
    send::{Answer, Taking, Typed},
    store::Pause,
};

impl Core {
    /// Carries out a command. Gives it back where that is not possible yet.
    pub(super) fn command(&mut self, command: Command, answer: Answer) -> Option<(Wish, Answer)> {
        if let Command::Send { .. }
        | Command::SetStatus { .. }
        | Command::ResetStatus
        | Command::Typing { .. } = command
        {
            self.person_acted();
        }
        let result = match command {
            Command::Check { again } => {
                let options = Options {
                    unattended: !again,
                    ..self.options.clone()
                };
                tokio::spawn(async move {
                    reply(answer, Ok(Reply::Check(crate::check(&options).await)))
                });
                return None;
            }
            Command::Diagnose { file, overwrite } => match diagnose::path(&file) {
                Ok(file) => {
                    let wanted = Wanted {
                        file,
                        overwrite,
                        desktop: None,
                    };
                    self.diagnose(wanted, answer);
                    return None;
                }
                Err(problem) => Err(problem),
            },
            Command::Contacts => match self.contacts_known() {
                Some(Ok(())) => Ok(self.people_reply()),
                Some(Err(problem)) => Err(problem),
                None => return Some((Wish::Command(Command::Contacts), answer)),
            },
            Command::Presence { addresses } => return self.presence_of(addresses, answer),
            Command::GetStatus => return self.get_status(answer),
            Command::SetStatus { .. } | Command::ResetStatus => {
                return self.change_status(command, answer);
            }
            Command::Send {
                address,
                text,
                token,
                when,
            } => match self.taking(&address, &text) {
                Taking::Now(target) => {
                    let typed = Typed {
                        text: &text,
                        token,
                        in_place_of: None,
                        when,
                    };
                    self.send(&target, typed, answer);
                    return None;
                }
                Taking::Later => {
                    let send = Command::Send {
                        address,
                        text,
                        token,
                        when,
                    };
                    return Some((Wish::Command(send), answer));
                }
                Taking::Never(problem) => Err(problem),
            },
            command @ (Command::AddContact { .. }
            | Command::RemoveContact { .. }
            | Command::MoveContact { .. }
            | Command::AddDirectoryGroup { .. }
            | Command::RemoveDirectoryGroup { .. }
            | Command::Block { .. }
            | Command::CreateGroup { .. }
            | Command::RenameGroup { .. }
            | Command::DeleteGroup { .. }) => return self.edit_lists(command, answer),
            Command::GroupMembers { address } => return self.group_members(address, answer),
            Command::Privacy { ref address } => {
                return self.ask_privacy(&command, (address, PrivacyWish::Read), answer);
            }
            Command::SetPrivacy { ref address, level } => {
                let wish = level.map_or(PrivacyWish::Reset, |level| {
                    PrivacyWish::Give(privacy::asked(level))
                });
                return self.ask_privacy(&command, (address, wish), answer);
            }
            Command::PrivacyLevels => match self.contacts_known() {
                Some(Ok(())) => Ok(Reply::Privacy {
                    levels: self.privacy.told(),
                }),
                Some(Err(problem)) => Err(problem),
                None => return Some((Wish::Command(Command::PrivacyLevels), answer)),
            },
            Command::Lists => match self.contacts_known() {
                Some(Ok(())) => Ok(Reply::Lists {
                    lists: self.lists.told(),
                }),
                Some(Err(problem)) => Err(problem),
                None => return Some((Wish::Command(Command::Lists), answer)),
            },
            Command::TellWhenAvailable { address, how } => match self.target(&address) {
                Ok(Some(target)) => {
                    self.look_out_for(&target, how, answer);
                    return None;
                }
                Ok(None) => {
                    let wish = Command::TellWhenAvailable { address, how };
                    return Some((Wish::Command(wish), answer));
                }
                Err(problem) => Err(problem),
            },
            Command::Typing { address, on } => self.typing(&address, on),
            Command::Search { text } => return self.search(text, answer),
            Command::Subscribe { address, allow } => self.subscribe(&address, allow),
            Command::PauseBridge { until } => {
                self.pause_bridge(Some(Pause { until }), answer);
                return None;
            }
            Command::ResumeBridge => {
                self.pause_bridge(None, answer);
                return None;
            }
            Command::LinkPeople {
                lync,
                xmpp,
                link,
                default,
            } => {
                self.link_people(lync, xmpp, link, default, answer);
                return None;
            }
            Command::Chat { address } => match self.target(&address) {
                Ok(Some(target)) => {
                    self.chat_with(&target, answer);
                    return None;
                }
                Ok(None) => return Some((Wish::Command(Command::Chat { address }), answer)),
                Err(problem) => Err(problem),
            },
            Command::Chats => {
                self.list_chats(answer);
                return None;
            }
            Command::History {
                conversations,
                before,
                around,
                after,
                limit,
            } => {
                let place = Place::new(before, around, after);
                self.history(conversations, place, limit, answer);
                return None;
            }
            Command::SearchHistory {
                text,
                conversations,
                limit,
            } => {
                self.search_history(text, conversations, limit, answer);
                return None;
            }
            Command::MarkRead {
                conversations,
                up_to: Some(up_to),
            } => {
                self.mark_read_to(conversations, up_to, answer);
                return None;
            }
            Command::MarkRead {
                conversations,
                up_to: None,
            } => {
                conversations.iter().for_each(|id| self.mark_read(id));
                Ok(Reply::Done)
            }
            Command::MarkUnread { conversation, from } => {
                self.mark_unread(conversation, from, answer);
                return None;
            }
            Command::PinChat { conversations, on } => {
                self.pin_chat(conversations, on, answer);
                return None;
            }
            Command::CloseChat { conversations } => {
                self.close_chat(conversations, answer);
                return None;
            }
            Command::Retry { id, when } => {
                self.retry(id, when, answer);
                return None;
            }
            Command::SaveDraft { conversation, text } => {
                self.save_draft(conversation, text, answer);
                return None;
            }
            Command::Discard { id } => {
                self.discard(id, answer);
                return None;
            }
            Command::ShowConfig => Ok(Reply::Config {
                entries: self.configuration.entries.clone(),
                issues: self.configuration.issues.clone(),
                file: self.options.locations.user_file.display().to_string(),
            }),
            Command::SetConfig { key, value } => {
                self.set_config(key, value, answer);
                return None;
            }
            Command::UnsetConfig { key } => {
                self.unset_config(key, answer);
                return None;
            }
            Command::Discover { address } => {
                self.discover(&address, answer);
                return None;
            }
            Command::SetPassword {
                side,
                password,
                keep,
            } => {
                self.set_password(side, password, keep, answer);
                return None;
            }
            Command::WebSignIn { token_url, cookies } => self.web_sign_in(&token_url, cookies),
            Command::SignOut => {
                self.sign_out(answer);
                return None;
            }
            Command::Card { address } => self.card(&address).map(Reply::Card),
            Command::About => Ok(self.about()),
            Command::Bridge => {
                self.bridge_report(answer);
                return None;
            }
            Command::PreviewStatus {
                preset,
                table,
                show,
                text,
            } => super::bridge::preview(preset, table.as_deref(), show, &text),
            Command::SetStatusTable { table: None } => {
                self.unset_config("bridge.table".into(), answer);
                return None;
            }
            Command::SetStatusTable { table: Some(rows) } => match serde_json::to_string(&rows) {
                Ok(rows) => {
                    self.set_config("bridge.table".into(), rows, answer);
                    return None;
                }
                Err(error) => Err(problems::internal(&error.to_string())),
            },
            Command::Links => Ok(Reply::Links {
                links: self.sides().map(|side| (side, self.state(side))).collect(),
                bridge: self.options.bridge
                    && self.configuration.settings.bridge.enabled.value
                    && self.pause.is_none(),
            }),
            Command::SignIn { side } => {
                Refusals::of(&self.options.data_dir).forget(side);
                self.start(side);
                Ok(Reply::Done)
            }
            Command::CancelSignIn { side } => {
                self.stopped(side, None);
                Ok(Reply::Done)
            }
            Command::Unsent => {
                self.answer_from_store(answer, |t| Ok(Reply::Unsent { count: t.unsent()? }));
                return None;
            }
            Command::Show(_)
            | Command::Hide
            | Command::CloseWindow
            | Command::WindowMinimized
            | Command::Looking(_) => Err(problems::no_window()),
            Command::Desktop | Command::StartAtLogin { .. } | Command::TestNotification => {
                Err(problems::no_desktop())
            }
            Command::Quit => {
                self.quit();
                Ok(Reply::Done)
            }
        };
        reply(answer, result);
        None
    }
}
