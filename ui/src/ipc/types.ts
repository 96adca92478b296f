// The types of the door, as `crates/api` has them. Written by `cargo xtask generate`; not changed by hand.
// Times are RFC 3339 texts in UTC; `?` stands where the Rust side leaves a field out.

export type Timestamp = string;

/** About the program and who uses it. */
export type About = {
  /** `0.1.0`. */
  version: string,
  /** Own display name as the directory has it. */
  name?: string,
  /** Where the organisation helps (`support.url`). */
  support_url?: string
};

/** The addresses of one person: `sip:bob@contoso.example` and a bare JID `bob@xmpp.example`. At least one is there. */
export type Addresses = {
  /** SIP URI with its scheme. */
  lync?: string,
  /** Bare JID without a scheme. */
  xmpp?: string
};

/**
 * What is seen of a person: the eight values of `Availability` (UCWA reference, contactPresence) plus two of our
 * own: `off-work`, which UCWA shows as `Away` with the activity `off-work`, and `unknown`, which is never drawn as offline.
 */
export type Availability = "available" | "available-idle" | "busy" | "busy-idle" | "do-not-disturb" | "be-right-back" | "away" | "off-work" | "offline" | "unknown";

/** What the bridge did. */
export type BridgeAction = "relayed" | "answered" | "queued" | "dropped" | "bounced";

/** A text that the bridge carried, or tried to. */
export type BridgeEntry = {
  /** When it was taken up. */
  at: string,
  /** What became of it. */
  action: BridgeAction,
  /** Where it came from. */
  from_side: Side,
  /** Where it went. */
  to_side: Side,
  /** The other person. */
  address: string,
  /** Why, where that is worth a word. */
  reason?: string
};

/** The whole. */
export type BridgeReport = {
  /** The configured sides, Lync first. */
  sides: Array<SideInfo>,
  /** Switched on. */
  enabled: boolean,
  /** Nothing crosses for now. */
  paused: boolean,
  /** When the pause ends by itself. */
  paused_until?: string,
  /** What crossed. */
  today: Crossed,
  /** The preset in force. */
  preset: Preset,
  /** Rows of the person's own stand in place of those of the preset. */
  edited: boolean,
  /** The administrator decides about the rows. */
  table_managed: boolean,
  /** The rows in force. */
  table: Array<TableRow>,
  /** What crossed last, youngest first. */
  log: Array<BridgeEntry>
};

/** Facts of the directory; what it does not tell is absent. */
export type Card = {
  /** Job title. */
  title?: string,
  /** Department. */
  department?: string,
  /** Company. */
  company?: string,
  /** Office. */
  office?: string,
  /** Mail address. */
  mail?: string,
  /** In the order work, mobile, home, other. */
  phones: Array<Phone>
};

/** A chat of the list: a person with all their networks. */
export type Chat = {
  /** Where it can go on, one for each network of the person; the one of the youngest text first. */
  conversations: Array<ChatPart>,
  /** The other person's display name, where it is known. */
  name?: string,
  /** The youngest text, where there is one. */
  last?: Past,
  /** Received texts that nobody has read here, and that were not answered from elsewhere. */
  unread: number,
  /** The first of them. */
  first_unread?: string,
  /** Kept on top by the person. */
  pinned: boolean,
  /** What the person had typed and not sent; empty where there is nothing. */
  draft: string
};

/** One network's part of a chat. */
export type ChatPart = {
  /** Conversation id as in [`Message`]. */
  id: string,
  /** The network. */
  side: Side,
  /** The other person there: SIP URI or bare JID. */
  address: string
};

/** The whole ladder, both sides. */
export type Check = {
  /** In the order tried, Lync first. */
  steps: Array<CheckStep>,
  /** The first failure. */
  error?: Problem
};

/** One step of the ladder; `step` has the names of the sign-in states (ux.md section 5). */
export type CheckStep = {
  /** Which link. */
  side: Side,
  /** Name of the step. */
  step: string,
  /** How it went. */
  state: StepState,
  /** How long it took. */
  ms: number,
  /** Code of the failure or warning. */
  code?: Code,
  /** What was found. */
  message: string,
  /** What to do. */
  remedy?: string,
  /** Host, status, names and dates of certificates, methods offered. */
  detail: { [key in string]: JsonValue }
};

/** Stable codes of ux.md section 5, and ours for what that table does not name. */
export type Code = "CW-1001" | "CW-1002" | "CW-1003" | "CW-1004" | "CW-1101" | "CW-1102" | "CW-1103" | "CW-1104" | "CW-1105" | "CW-1201" | "CW-1202" | "CW-1203" | "CW-1204" | "CW-1205" | "CW-1206" | "CW-1301" | "CW-1302" | "CW-1303" | "CW-1401" | "CW-1402" | "CW-1403" | "CW-2001" | "CW-2002" | "CW-2003" | "CW-2004" | "CW-3001" | "CW-3002" | "CW-3003" | "CW-3004" | "CW-4001" | "CW-4002" | "CW-4003" | "CW-4101" | "CW-4102" | "CW-4103" | "CW-4104" | "CW-4105" | "CW-4106" | "CW-4201" | "CW-4202" | "CW-4203" | "CW-4204" | "CW-4205" | "CW-4206" | "CW-4207" | "CW-9001";

/** A question or an order. */
export type Command = { "command": "check",
  /** A person asks for it: a password that was refused is sent once more. Else the refusal that is known is told. */
  again: boolean
  }
  | { "command": "diagnose",
  /** Absolute path of the archive (zip). */
  file: string,
  /** Whether a file of that name gives way. */
  overwrite: boolean
  }
  | { "command": "contacts" }
  | { "command": "presence",
  /** `sip:…`, `xmpp:…` or a bare address. */
  addresses: Array<string>
  }
  | { "command": "card",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string
  }
  | { "command": "get-status" }
  | { "command": "set-status",
  /** The value. */
  value: Settable,
  /** When it reverts to automatic. */
  until?: string | null,
  /** Personal note; `None` leaves it, empty removes it. */
  note?: string | null
  }
  | { "command": "reset-status" }
  | { "command": "send",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** Plain text. */
  text: string,
  /** Repeated in [`Kind::Accepted`](crate::Kind::Accepted), for who wants to know its own text in the stream. */
  token?: string | null,
  /** With [`SendWhen::WhenBack`] it is answered with [`Reply::Done`] once the text is kept. */
  when: SendWhen
  }
  | { "command": "typing",
  /** As in `Send`. */
  address: string,
  /** Started or stopped. */
  on: boolean
  }
  | { "command": "search",
  /** At least one character, at most 256. */
  text: string
  }
  | { "command": "subscribe",
  /** Bare JID. */
  address: string,
  /** Accept or refuse. */
  allow: boolean
  }
  | { "command": "lists" }
  | { "command": "add-contact",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** Made where there is none of this name; without it the default group of Lync, no group in XMPP. */
  group?: string | null,
  /** Name in the XMPP contact list; without it the one that is there stays. In Lync the directory has the names. */
  name?: string | null
  }
  | { "command": "remove-contact",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** Only out of this group; who is in no other one leaves a Lync list with it. */
  group?: string | null
  }
  | { "command": "group-members",
  /** `sip:staff@contoso.example`, with or without scheme. */
  address: string
  }
  | { "command": "add-directory-group",
  /** `sip:staff@contoso.example`, with or without scheme. */
  address: string
  }
  | { "command": "remove-directory-group",
  /** `sip:staff@contoso.example`, with or without scheme. */
  address: string
  }
  | { "command": "privacy-levels" }
  | { "command": "privacy",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string
  }
  | { "command": "set-privacy",
  /** `sip:…` or a bare address. */
  address: string,
  /** `None`: what the server gives by itself. */
  level?: PrivacyLevel | null
  }
  | { "command": "block",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** Block or unblock. */
  on: boolean
  }
  | { "command": "move-contact",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** Made where there is none of this name. */
  to: string,
  /** Without it out of all others. */
  from?: string | null
  }
  | { "command": "create-group",
  /** 1 to 256 characters. */
  name: string
  }
  | { "command": "rename-group",
  /** The name that it has. */
  name: string,
  /** 1 to 256 characters. */
  to: string
  }
  | { "command": "delete-group",
  /** Its name. */
  name: string
  }
  | { "command": "tell-when-available",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string,
  /** How often; `None`: not any more. */
  how?: HowOften | null
  }
  | { "command": "pause-bridge",
  /** `None`: until resumed. */
  until?: string | null
  }
  | { "command": "resume-bridge" }
  | { "command": "link-people",
  /** SIP URI. */
  lync: string,
  /** Bare JID. */
  xmpp: string,
  /** Join or split. */
  link: boolean,
  /** Network of the next message. */
  default: Network
  }
  | { "command": "chats" }
  | { "command": "chat",
  /** `sip:…`, `xmpp:…` or a bare address. */
  address: string
  }
  | { "command": "history",
  /** Conversation ids, one for each network. */
  conversations: Array<string>,
  /** Only what stands before the text with this id; without it the end. */
  before?: string | null,
  /** In place of `before`: what stands around the text with this id, that one among it. */
  around?: string | null,
  /** In place of both: what stands after the text with this id. */
  after?: string | null,
  /** At most so many texts; 1 to 500. */
  limit: number
  }
  | { "command": "search-history",
  /** Words. */
  text: string,
  /** Only in these conversations; without it in all. */
  conversations?: Array<string> | null,
  /** At most so many texts; 1 to 500. */
  limit: number
  }
  | { "command": "mark-read",
  /** Conversation ids. */
  conversations: Array<string>,
  /** The last text that was before their eyes: what arrived meanwhile stays unread. */
  up_to?: string | null
  }
  | { "command": "mark-unread",
  /** Conversation id. */
  conversation: string,
  /** Message id. */
  from: string
  }
  | { "command": "pin-chat",
  /** Conversation ids. */
  conversations: Array<string>,
  /** Pinned or not. */
  on: boolean
  }
  | { "command": "close-chat",
  /** Conversation ids. */
  conversations: Array<string>
  }
  | { "command": "retry",
  /** Message id. */
  id: string,
  /** When. */
  when: SendWhen
  }
  | { "command": "save-draft",
  /** Conversation id. */
  conversation: string,
  /** As typed, at most 100,000 characters. */
  text: string
  }
  | { "command": "discard",
  /** Message id. */
  id: string
  }
  | { "command": "show-config" }
  | { "command": "unset-config",
  /** `lync.address`. */
  key: string
  }
  | { "command": "set-config",
  /** `lync.address`. */
  key: string,
  /** As typed; parsed by the key's type. */
  value: string
  }
  | { "command": "links" }
  | { "command": "sign-in",
  /** Which link. */
  side: Side
  }
  | { "command": "cancel-sign-in",
  /** Which link. */
  side: Side
  }
  | { "command": "discover",
  /** `anna@contoso.example`. */
  address: string
  }
  | { "command": "set-password",
  /** Which link. */
  side: Side,
  /** At most 4096 bytes. */
  password: Password,
  /** Keep it in the key store, else in memory until the program ends. */
  keep: boolean
  }
  | { "command": "web-sign-in",
  /** As the problem names it. */
  token_url: string,
  /** The cookies for that URL, as in the header `Cookie` (RFC 6265 section 5.4). */
  cookies: Password
  }
  | { "command": "sign-out" }
  | { "command": "about" }
  | { "command": "bridge" }
  | { "command": "set-status-table",
  /** `None`: back to the preset. */
  table?: Array<TableRow> | null
  }
  | { "command": "preview-status",
  /** The preset. */
  preset: Preset,
  /** Rows in its place, such as those that a person is editing. */
  table?: Array<TableRow> | null,
  /** Of the XMPP status. */
  show: Show,
  /** Status text. */
  text: string
  }
  | { "command": "window-minimized" }
  | { "command": "show" } & Wish
  | { "command": "hide" }
  | { "command": "close-window" }
  | { "command": "looking" } & Looking
  | { "command": "desktop" }
  | { "command": "start-at-login",
  /** Start or not. */
  on: boolean
  }
  | { "command": "test-notification" }
  | { "command": "unsent" }
  | { "command": "quit" };

/** One key of the configuration. Secrets are files or key-store entries and never stand here. */
export type ConfigEntry = {
  /** `lync.address`. */
  key: string,
  /** Effective value; null where there is none. */
  value: JsonValue,
  /** Where it came from. */
  origin: Origin,
  /** File and line, where it came from a file. */
  source?: string,
  /** Locked by the administrator. */
  managed: boolean
};

/** Something wrong in a configuration file. */
export type ConfigIssue = {
  /** Error or warning. */
  severity: Severity,
  /** Path of the file. */
  file: string,
  /** Line, from 1. */
  line?: number,
  /** The key, where one is concerned. */
  key?: string,
  /** What is wrong and what was expected. */
  message: string
};

/** A group of a contact list. */
export type ContactGroup = {
  /** Its name; groups mean the same where their names are equal. */
  name: string,
  /** What kind of group. */
  kind: GroupKind,
  /** SIP URI of a group of the directory. */
  address?: string
};

/** A network's contact list: its groups, and whether the server lets us change it. */
export type ContactList = {
  /** The network. */
  network: Network,
  /** It can be changed. Lync Server 2013 lets clients like this one only read it. */
  editable: boolean,
  /** Its groups; in XMPP those that somebody is in. */
  groups: Array<ContactGroup>
};

/** A conversation. */
export type Conversation = {
  /** As in [`Message`]. */
  id: string,
  /** Network. */
  side: Side,
  /** Addresses of the others. */
  people: Array<string>,
  /** Open or ended. */
  state: ConversationState,
  /** Subject, where one was given. */
  subject?: string
};

/** Is a conversation open? */
export type ConversationState = "active" | "ended";

/** What crossed since midnight. */
export type Crossed = {
  /** Texts taken by the other network. */
  across: number,
  /** Texts that still wait. */
  waiting: number,
  /** Texts that could not be delivered; their writers were told. */
  returned: number
};

/** What became of a text. */
export type Delivery = {
  /** Message id. */
  id: string,
  /** Its state now. */
  state: DeliveryState,
  /** Why it failed. */
  reason?: string,
  /** It waits until its reader is back ([`SendWhen::WhenBack`](crate::SendWhen::WhenBack)). */
  when_back?: boolean
};

/** State of a sent text. */
export type DeliveryState = "queued" | "sending" | "sent" | "delivered" | "failed";

/** The desktop as the agent finds it. */
export type Desktop = {
  /** Somebody shows tray items. */
  tray: boolean,
  /** The package that brings a tray to a desktop that has none, where one is known. */
  tray_package?: string,
  /** Name of the notification service; without it there is none. */
  notifications?: string,
  /** Causeway starts with the session; without it, that cannot be chosen here. */
  starts_at_login?: boolean,
  /**
 * Who shows whether somebody uses the computer: `mutter`, `wayland` or `x11`. Where nobody does, Lync is told only
 * of what our person does in Causeway.
 */
  activity?: string
};

/** A report that was written. */
export type Diagnosed = {
  /** Its path. */
  file: string,
  /** Its length. */
  bytes: number
};

/** Into the account or out of it. */
export type Direction = "in" | "out";

/** A group of the directory (UCWA reference, distributionGroup). */
export type DirectoryGroup = {
  /** SIP URI. */
  address: string,
  /** Display name; the address where it has none. */
  name: string
};

/** The server of an address. */
export type Discovered = {
  /** Its host name. */
  server: string,
  /** Ways to sign in, at least one. */
  methods: Array<SignInMethod>,
  /** The account of the ticket, for [`SignInMethod::Windows`]. */
  windows_account?: string,
  /** The server has a form for user name and password; without it they go by NTLM. */
  form: boolean,
  /** Where a password would be kept; absent where it would be forgotten with the end of the program. */
  keep_in?: Kept
};

/** One line of the stream. `seq` grows by one. */
export type Event = {
  /** Position in the stream of this subscription. */
  seq: number,
  /** When the engine learned of it. */
  at: string
  } & ({ "kind": "state",
  /** Which link. */
  side: Side,
  /** Name of the state, stable (ux.md section 5). */
  state: SideState,
  /** Why, where it is a bad one. */
  error?: Problem
  }
  | { "kind": "step",
  /** Which link. */
  side: Side,
  /** Name of the step. */
  step: SideState,
  /** Passed or failed. */
  state: StepState,
  /** How long it took. */
  ms: number,
  /** What was found, such as the name of the server; empty where there is nothing to say. */
  message: string
  }
  | { "kind": "next-try",
  /** Which link. */
  side: Side,
  /** Then. */
  next_at: string
  }
  | { "kind": "person" } & Person
  | { "kind": "person-gone" } & Addresses
  | { "kind": "contact-list" } & ContactList
  | { "kind": "group-members" } & GroupMembers
  | { "kind": "privacy",
  /** Each address with its level. */
  levels: Array<Privacy>
  }
  | { "kind": "presence",
  /** Where it was learned. */
  side: Side,
  /** As in [`Addresses`]. */
  address: string,
  /** The value. */
  availability: Availability,
  /** Well-known token or localised words. */
  activity?: string,
  /** Note or status text. */
  note?: string,
  /** When the state ends by itself, where that is known. */
  until?: string,
  /** Last activity of the person. */
  last_active?: string,
  /** `Unknown`, `PC`, `Mobile`, `Web`, `DeskPhone` (UCWA reference, contactPresence). */
  device?: string
  }
  | { "kind": "lookout",
  /** SIP URI, or `xmpp:` and a bare JID. */
  address: string,
  /** `None`: not any more. */
  how?: HowOften
  }
  | { "kind": "came-available",
  /** As in [`Kind::Lookout`]. */
  address: string,
  /** Display name; the address where nobody gave one. */
  name: string
  }
  | { "kind": "message" } & Message
  | { "kind": "accepted",
  /** Message id. */
  id: string,
  /** As given with [`Command::Send`](crate::Command::Send). */
  token: string
  }
  | { "kind": "delivery" } & Delivery
  | { "kind": "typing",
  /** Conversation id as in [`Message`]. */
  conversation: string,
  /** Who. */
  address: string,
  /** Started or stopped. */
  on: boolean
  }
  | { "kind": "conversation" } & Conversation
  | { "kind": "bridge",
  /** What. */
  action: BridgeAction,
  /** Message id. */
  id: string,
  /** Where the text came from. */
  from_side: Side,
  /** Where it goes. */
  to_side: Side,
  /** Why, where that is worth a word. */
  reason?: string
  }
  | { "kind": "subscription" } & Subscription
  | { "kind": "unread",
  /** Conversation id. */
  conversation: string,
  /** So many are unread now. */
  count: number
  }
  | { "kind": "discarded",
  /** Conversation id. */
  conversation: string,
  /** Message id. */
  id: string
  }
  | { "kind": "own",
  /** As [`Command::GetStatus`](crate::Command::GetStatus) answers it. */
  status: OwnStatus
  }
  | { "kind": "paused",
  /** Nothing crosses. */
  paused: boolean,
  /** When it goes on by itself. */
  until?: string
  }
  | { "kind": "notices",
  /** Causes with their remedies. */
  problems: Array<Problem>
  }
  | { "kind": "show" } & Wish
  | { "kind": "hide" }
  | { "kind": "resync" });

/** Kinds of groups. */
export type GroupKind = "own" | "pinned" | "default" | "directory";

/** A group of the directory with its members (UCWA reference, expandDistributionGroup). */
export type GroupMembers = {
  /** SIP URI of the group. */
  address: string,
  /** Its name. */
  name: string,
  /** Members that are people, sorted by name. */
  people: Array<Person>,
  /** Members that are groups. */
  groups: Array<DirectoryGroup>
};

/** A text that a search found. */
export type Hit = {
  /** The text. */
  message: Past
};

/** How often a person is told that somebody became available. */
export type HowOften = "once" | "always";

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/** Where a password is. */
export type Kept = "key-store" | "memory";

/** What happened. */
export type Kind = { "kind": "state",
  /** Which link. */
  side: Side,
  /** Name of the state, stable (ux.md section 5). */
  state: SideState,
  /** Why, where it is a bad one. */
  error?: Problem
  }
  | { "kind": "step",
  /** Which link. */
  side: Side,
  /** Name of the step. */
  step: SideState,
  /** Passed or failed. */
  state: StepState,
  /** How long it took. */
  ms: number,
  /** What was found, such as the name of the server; empty where there is nothing to say. */
  message: string
  }
  | { "kind": "next-try",
  /** Which link. */
  side: Side,
  /** Then. */
  next_at: string
  }
  | { "kind": "person" } & Person
  | { "kind": "person-gone" } & Addresses
  | { "kind": "contact-list" } & ContactList
  | { "kind": "group-members" } & GroupMembers
  | { "kind": "privacy",
  /** Each address with its level. */
  levels: Array<Privacy>
  }
  | { "kind": "presence",
  /** Where it was learned. */
  side: Side,
  /** As in [`Addresses`]. */
  address: string,
  /** The value. */
  availability: Availability,
  /** Well-known token or localised words. */
  activity?: string,
  /** Note or status text. */
  note?: string,
  /** When the state ends by itself, where that is known. */
  until?: string,
  /** Last activity of the person. */
  last_active?: string,
  /** `Unknown`, `PC`, `Mobile`, `Web`, `DeskPhone` (UCWA reference, contactPresence). */
  device?: string
  }
  | { "kind": "lookout",
  /** SIP URI, or `xmpp:` and a bare JID. */
  address: string,
  /** `None`: not any more. */
  how?: HowOften
  }
  | { "kind": "came-available",
  /** As in [`Kind::Lookout`]. */
  address: string,
  /** Display name; the address where nobody gave one. */
  name: string
  }
  | { "kind": "message" } & Message
  | { "kind": "accepted",
  /** Message id. */
  id: string,
  /** As given with [`Command::Send`](crate::Command::Send). */
  token: string
  }
  | { "kind": "delivery" } & Delivery
  | { "kind": "typing",
  /** Conversation id as in [`Message`]. */
  conversation: string,
  /** Who. */
  address: string,
  /** Started or stopped. */
  on: boolean
  }
  | { "kind": "conversation" } & Conversation
  | { "kind": "bridge",
  /** What. */
  action: BridgeAction,
  /** Message id. */
  id: string,
  /** Where the text came from. */
  from_side: Side,
  /** Where it goes. */
  to_side: Side,
  /** Why, where that is worth a word. */
  reason?: string
  }
  | { "kind": "subscription" } & Subscription
  | { "kind": "unread",
  /** Conversation id. */
  conversation: string,
  /** So many are unread now. */
  count: number
  }
  | { "kind": "discarded",
  /** Conversation id. */
  conversation: string,
  /** Message id. */
  id: string
  }
  | { "kind": "own",
  /** As [`Command::GetStatus`](crate::Command::GetStatus) answers it. */
  status: OwnStatus
  }
  | { "kind": "paused",
  /** Nothing crosses. */
  paused: boolean,
  /** When it goes on by itself. */
  until?: string
  }
  | { "kind": "notices",
  /** Causes with their remedies. */
  problems: Array<Problem>
  }
  | { "kind": "show" } & Wish
  | { "kind": "hide" }
  | { "kind": "resync" };

/** State of one link, and why it is no better one. */
export type LinkState = {
  /** Which link. */
  side: Side,
  /** Its state. */
  state: SideState,
  /** Why, where it is a bad one. */
  error?: Problem
};

/** What a person has before their eyes. */
export type Looking = {
  /** The window is on the screen, covered or not. */
  shown: boolean,
  /** It has the keyboard. */
  focused: boolean,
  /**
 * Conversations of the chat that is open and scrolled to its end, as in [`Message`](crate::Message): one for each
 * network on which one writes with that person.
 */
  conversations: Array<string>
};

/** A text. */
export type Message = {
  /** Ours, unique in the data directory. */
  id: string,
  /** Ours, stable for one person on one side. */
  conversation: string,
  /** The network it belongs to. */
  side: Side,
  /** In or out. */
  direction: Direction,
  /** Address of the writer: SIP URI or bare JID. */
  from: string,
  /** Address of the reader. */
  to: string,
  /** Display name of the other person. */
  name?: string,
  /** Plain text. */
  text: string,
  /** When it was written. */
  sent_at: string,
  /** Arrived much later than it was written (archive, queue). */
  late: boolean,
  /** To or from the address that texts are relayed to: it belongs to no chat. */
  relay?: boolean
};

/** The network of an address. */
export type Network = "lync" | "xmpp";

/** What became of a notification that was asked for. */
export type NotificationTest = { "outcome": "shown",
  /** Name of the service. */
  service: string
  }
  | { "outcome": "held-back",
  /** Name of the service. */
  service: string
  }
  | { "outcome": "no-service" }
  | { "outcome": "refused",
  /** In its words, or in ours where it did not answer. */
  reason: string
};

/** Where an effective value came from, weakest first. */
export type Origin = "built-in" | "machine-default" | "user" | "enforced";

/** The signed-in person's own status. */
export type OwnStatus = {
  /** What others see. */
  availability: Availability,
  /** Well-known token or localised words. */
  activity?: string,
  /** Personal note. */
  note?: string,
  /** When a status set with an end reverts. */
  until?: string,
  /** Why it is so. */
  reason: Reason
};

/** A way to sign in that was not used or did not work. */
export type PassedOver = {
  /** `Kerberos`, `NTLM`. */
  method: string,
  /** Stable name of the cause: `no-ticket`, `clock-skew`, …. */
  cause: string,
  /** The cause in words, a phrase: `there is no sign-in ticket on this computer`. */
  message: string
};

/**
 * A password, or what is as good as one, on its way through the door. It is written to the local socket and to nothing
 * else.
 */
export type Password = string;

/** A text of the history with what became of it. */
export type Past = {
  /** How far our own text came, as long as that is remembered (30 days). */
  delivery?: DeliveryState,
  /** Why it failed. */
  reason?: string,
  /** It waits until its reader is back ([`SendWhen::WhenBack`]). */
  when_back?: boolean,
  /** What the bridge did with it. */
  via?: Via,
  /** Ours, unique in the data directory. */
  id: string,
  /** Ours, stable for one person on one side. */
  conversation: string,
  /** The network it belongs to. */
  side: Side,
  /** In or out. */
  direction: Direction,
  /** Address of the writer: SIP URI or bare JID. */
  from: string,
  /** Address of the reader. */
  to: string,
  /** Display name of the other person. */
  name?: string,
  /** Plain text. */
  text: string,
  /** When it was written. */
  sent_at: string,
  /** Arrived much later than it was written (archive, queue). */
  late: boolean,
  /** To or from the address that texts are relayed to: it belongs to no chat. */
  relay?: boolean
};

/** A person of the contact list: one row, one or two networks. */
export type Person = {
  /** Display name; the address where the directory has none. */
  name: string,
  /** Where the person can be reached. */
  addresses: Addresses,
  /** The network that the next message goes to when nothing else is said. */
  default: Network,
  /** The more telling of the presences of both networks. */
  availability: Availability,
  /** Well-known token or localised words, e.g. `in-a-meeting`; empty where there is none. */
  activity: string,
  /** Personal or out-of-office note, or XMPP status text; empty where there is none. */
  note: string,
  /** Names of the contact groups that the person is in. */
  groups: Array<string>
};

/** A phone number. */
export type Phone = {
  /** Where it leads to. */
  kind: PhoneKind,
  /** As the directory writes it. */
  number: string
};

/** Where a phone number leads to. */
export type PhoneKind = "work" | "mobile" | "home" | "other";

/** Presence of one address. */
export type Presence = {
  /** As in [`Addresses`]. */
  address: string,
  /** The value. */
  availability: Availability,
  /** Well-known token or localised words. */
  activity?: string,
  /** Note or status text. */
  note?: string,
  /** When the state ends by itself, where that is known. */
  until?: string,
  /** Last activity of the person. */
  last_active?: string,
  /** `Unknown`, `PC`, `Mobile`, `Web`, `DeskPhone` (UCWA reference, contactPresence). */
  device?: string
};

/** A status table (`bridge.preset`). */
export type Preset = "standard" | "openscape";

/** What somebody is let see. */
export type Privacy = {
  /** SIP URI, or `xmpp:` and a JID. */
  address: string,
  /** `None`: nothing is said of this address, or not any more. */
  level?: PrivacyLevel
};

/** PrivacyRelationshipLevel (UCWA reference, contactPrivacyRelationship). In XMPP somebody is blocked or nothing is said. */
export type PrivacyLevel = "unknown" | "external" | "colleagues" | "workgroup" | "friends-and-family" | "blocked";

/** A failure with cause and remedy. `code` never changes its meaning; `message` and `remedy` may be reworded. */
export type Problem = {
  /** Stable code, e.g. `CW-1201`. */
  code: Code,
  /** The step of the ladder in which it happened, or the command. */
  step: string,
  /** The cause, one sentence. */
  message: string,
  /** What to do, one sentence. */
  remedy: string,
  /** Facts for a help desk: host, status, diagnostics, request id. Never a secret. */
  detail: { [key in string]: JsonValue }
};

/** Why the own status is as it is. */
export type Reason = "you" | "automatic" | "bridge" | "other-client" | "watch-only" | "reconnecting" | "signed-out";

/** An answer. */
export type Reply = { "reply": "done" }
  | { "reply": "check" } & Check
  | { "reply": "diagnosed" } & Diagnosed
  | { "reply": "people",
  /** Sorted by name. */
  people: Array<Person>,
  /** Subscription state of the XMPP contacts. */
  subscriptions: Array<Subscription>,
  /** The links behind it. What is told of people of one that is not signed in is what was known last. */
  links: Array<LinkState>
  }
  | { "reply": "lists",
  /** Of Lync, then of XMPP; those that were told since the program started. */
  lists: Array<ContactList>
  }
  | { "reply": "presence",
  /** One for each address. */
  presence: Array<Presence>
  }
  | { "reply": "status" } & OwnStatus
  | { "reply": "sent" } & Sent
  | { "reply": "search",
  /** Found people. */
  people: Array<Person>,
  /** Found groups of the directory. */
  groups: Array<DirectoryGroup>,
  /** The server has more than it showed. */
  more: boolean
  }
  | { "reply": "group-members" } & GroupMembers
  | { "reply": "privacy",
  /** Sorted by address. */
  levels: Array<Privacy>
  }
  | { "reply": "chats",
  /** The list, or the one that was asked for. */
  chats: Array<Chat>
  }
  | { "reply": "history",
  /** Oldest first. */
  messages: Array<Past>,
  /** There are older ones. */
  more_before: boolean,
  /** There are younger ones. */
  more_after: boolean
  }
  | { "reply": "hits",
  /** Youngest first. */
  hits: Array<Hit>,
  /** There are more of them. */
  more: boolean
  }
  | { "reply": "config",
  /** Path of the user's file, which `SetConfig` changes; it need not exist. */
  file: string,
  /** Every key. */
  entries: Array<ConfigEntry>,
  /** Everything wrong with the files. */
  issues: Array<ConfigIssue>
  }
  | { "reply": "card" } & Card
  | { "reply": "discovered" } & Discovered
  | { "reply": "password-taken",
  /** Where it is kept. */
  kept: Kept
  }
  | { "reply": "about" } & About
  | { "reply": "bridge" } & BridgeReport
  | { "reply": "preview",
  /** The value; `unknown` where Lync's own logic decides. */
  availability: Availability,
  /** The note. */
  note: string
  }
  | { "reply": "unsent",
  /** Texts; they are on disk and go out at the next start. */
  count: number
  }
  | { "reply": "desktop" } & Desktop
  | { "reply": "notification-test" } & NotificationTest
  | { "reply": "links",
  /** Lync, then XMPP; only those that are configured. */
  links: Array<[Side, SideState]>,
  /** The bridge is switched on and not paused. */
  bridge: boolean
};

/** In which direction a row of the table translates. */
export type RowDirection = "both" | "to-lync" | "to-xmpp";

/** Outcome of a sent text. */
export type SendState = "delivered" | "sent" | "failed";

/** When a text is sent, or one that failed is sent again. */
export type SendWhen = "now" | "when-back";

/** Answer to `Send`. */
export type Sent = {
  /** Message id. */
  id: string,
  /** Outcome. */
  state: SendState,
  /** Why it failed. */
  reason?: string,
  /** Where it failed: [`Code::NotDelivered`], or [`Code::OutcomeUnknown`]. */
  code?: Code
};

/** What a person can choose for themselves: PreferredAvailability (UCWA reference, presence). */
export type Settable = "available" | "busy" | "do-not-disturb" | "be-right-back" | "away" | "off-work";

/** How bad a configuration issue is. */
export type Severity = "error" | "warning";

/** `show` of an XMPP status (RFC 6121 section 4.7.2.1), with its absence. */
export type Show = "available" | "away" | "xa" | "dnd" | "unavailable";

/** A link that can be up or down. */
export type Side = "lync" | "xmpp" | "gateway";

/** One side. */
export type SideInfo = {
  /** Which. */
  side: Side,
  /** Own address there: SIP URI without its scheme, or bare JID. */
  address: string,
  /** Its state. */
  state: SideState,
  /** The server's name, once it was found. */
  server?: string,
  /** How it was signed in, where that is known: `Kerberos`, `NTLM`, `password`. */
  method?: string,
  /** Methods that come before it and were not used. */
  passed_over: Array<PassedOver>,
  /** When it came into its state. */
  since?: string,
  /** When a session that had broken went on without loss. */
  resumed?: string
};

/** States of a link, in the order of the sign-in ladder (ux.md section 5). */
export type SideState = "signed-out" | "finding-server" | "checking-certificate" | "asking-methods" | "signing-in" | "opening-session" | "loading-contacts" | "ready-watching" | "ready-available" | "waiting-for-network" | "reconnecting" | "needs-password" | "needs-consent" | "needs-sign-in" | "refused" | "not-allowed" | "server-unavailable" | "stopped";

/** A way to sign in that the server offers and this program can go. */
export type SignInMethod = "windows" | "forms" | "web";

/**
 * What is known at one moment, as the events that would lead there: states of the links, people, presences,
 * subscriptions, open conversations.
 */
export type Snapshot = {
  /** `seq` of the last of `events`; changes go on with higher numbers. */
  seq: number,
  /** Numbered from 1. */
  events: Array<Event>
};

/** Result of one step. */
export type StepState = "ok" | "warn" | "fail" | "skip";

/** Subscription state of an XMPP contact. */
export type Subscription = {
  /** Bare JID. */
  address: string,
  /** Do we receive their presence? */
  you_see_them: YesNo,
  /** Do they receive ours? */
  they_see_you: YesNo
};

/** A row of the status table in force. */
export type TableRow = {
  /** On the XMPP side. */
  show: Show,
  /** The text that makes the difference there, or is set; `{time}` and `{date}` stand for the end of the status. */
  text: string,
  /** In which direction. */
  direction: RowDirection,
  /** On the Lync side. */
  lync: Availability,
  /** The note there; empty: the text is kept. */
  note: string
};

/** The bridge carried a text. */
export type Via = {
  /** To this side or from it: never the side of the text itself. */
  side: Side,
  /** How far that came. */
  state: BridgeAction
};

/** A view of the window. */
export type View = "chats" | "people" | "meetings" | "bridge" | "settings" | "check" | "report" | "switcher" | "status" | "about" | "closing" | "quit";

/** What the window is asked to show. Without anything it comes to the front as it is. */
export type Wish = {
  /** The view. */
  page?: View,
  /** The person whose chat is meant: `sip:…`, `xmpp:…` or a bare address. */
  address?: string
};

/** One direction of a presence subscription (RFC 6121 section 3). */
export type YesNo = "yes" | "no" | "asked" | "wanted";
