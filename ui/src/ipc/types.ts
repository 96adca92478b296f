// The types of the door, as `crates/api` serialises them. What the door does not say yet stands in `wanted.ts`.
// Times are RFC 3339 texts in UTC; optional fields are left out where the Rust side leaves them out.

export type Timestamp = string;

export type Network = 'lync' | 'xmpp';
export type Side = Network | 'gateway';

export type Availability =
  | 'available'
  | 'available-idle'
  | 'busy'
  | 'busy-idle'
  | 'do-not-disturb'
  | 'be-right-back'
  | 'away'
  | 'off-work'
  | 'offline'
  | 'unknown';

export type Settable = 'available' | 'busy' | 'do-not-disturb' | 'be-right-back' | 'away' | 'off-work';

export interface Addresses {
  /** SIP URI with its scheme. */
  lync?: string;
  /** Bare JID without a scheme. */
  xmpp?: string;
}

export interface Person {
  name: string;
  addresses: Addresses;
  /** The network that the next message goes to when nothing else is said. */
  default: Network;
  availability: Availability;
  /** Well-known token or localised words; empty where there is none. */
  activity: string;
  note: string;
  groups: string[];
}

export interface Presence {
  address: string;
  availability: Availability;
  activity?: string;
  note?: string;
  until?: Timestamp;
  last_active?: Timestamp;
  device?: string;
}

export type Reason = 'you' | 'automatic' | 'bridge' | 'other-client' | 'watch-only' | 'signed-out';

export interface OwnStatus {
  availability: Availability;
  activity?: string;
  note?: string;
  until?: Timestamp;
  reason: Reason;
}

/** A failure with cause and remedy. */
export interface Problem {
  /** `CW-1201`. */
  code: string;
  step: string;
  message: string;
  remedy: string;
  detail: Record<string, unknown>;
}

export type StepState = 'ok' | 'warn' | 'fail' | 'skip';

export interface CheckStep {
  side: Side;
  step: string;
  state: StepState;
  ms: number;
  code?: string;
  message: string;
  remedy?: string;
  detail: Record<string, unknown>;
}

export interface Check {
  steps: CheckStep[];
  error?: Problem;
}

export type SideState =
  | 'signed-out'
  | 'finding-server'
  | 'checking-certificate'
  | 'asking-methods'
  | 'signing-in'
  | 'opening-session'
  | 'loading-contacts'
  | 'ready-watching'
  | 'ready-available'
  | 'waiting-for-network'
  | 'reconnecting'
  | 'needs-password'
  | 'needs-consent'
  | 'refused'
  | 'not-allowed'
  | 'server-unavailable'
  | 'stopped';

export interface Message {
  id: string;
  conversation: string;
  side: Side;
  direction: 'in' | 'out';
  from: string;
  to: string;
  name?: string;
  text: string;
  sent_at: Timestamp;
  late: boolean;
}

export type DeliveryState = 'queued' | 'sending' | 'sent' | 'delivered' | 'failed';

export interface Delivery {
  id: string;
  state: DeliveryState;
  reason?: string;
}

export interface Conversation {
  id: string;
  side: Side;
  people: string[];
  state: 'active' | 'ended';
  subject?: string;
}

export type BridgeAction = 'relayed' | 'answered' | 'queued' | 'dropped' | 'bounced';
export type YesNo = 'yes' | 'no' | 'asked' | 'wanted';

export interface Subscription {
  address: string;
  you_see_them: YesNo;
  they_see_you: YesNo;
}

export type Kind =
  | { kind: 'state'; side: Side; state: SideState; error?: Problem }
  | ({ kind: 'person' } & Person)
  | ({ kind: 'presence'; side: Side } & Presence)
  | ({ kind: 'message' } & Message)
  | ({ kind: 'delivery' } & Delivery)
  | { kind: 'typing'; conversation: string; address: string; on: boolean }
  | ({ kind: 'conversation' } & Conversation)
  | { kind: 'bridge'; action: BridgeAction; id: string; from_side: Side; to_side: Side; reason?: string }
  | ({ kind: 'subscription' } & Subscription)
  | { kind: 'resync' };

export type Event = { seq: number; at: Timestamp } & Kind;

export interface Snapshot {
  seq: number;
  events: Event[];
}

export type Origin = 'built-in' | 'machine-default' | 'user' | 'enforced';

export interface ConfigEntry {
  key: string;
  value: unknown;
  origin: Origin;
  source?: string;
  managed: boolean;
}

export interface ConfigIssue {
  severity: 'error' | 'warning';
  file: string;
  line?: number;
  key?: string;
  message: string;
}

export type Command =
  | { command: 'check' }
  | { command: 'contacts' }
  | { command: 'presence'; addresses: string[] }
  | { command: 'get-status' }
  | { command: 'set-status'; value: Settable; until: Timestamp | null; note: string | null }
  | { command: 'reset-status' }
  | { command: 'send'; address: string; text: string }
  | { command: 'typing'; address: string; on: boolean }
  | { command: 'search'; text: string }
  | { command: 'subscribe'; address: string; allow: boolean }
  | { command: 'pause-bridge'; until: Timestamp | null }
  | { command: 'resume-bridge' }
  | { command: 'link-people'; lync: string; xmpp: string; link: boolean; default: Network }
  | { command: 'show-config' }
  | { command: 'set-config'; key: string; value: string }
  | { command: 'links' }
  | { command: 'sign-in'; side: Side }
  | { command: 'quit' };

export type Reply =
  | { reply: 'done' }
  | ({ reply: 'check' } & Check)
  | { reply: 'people'; people: Person[]; subscriptions: Subscription[] }
  | { reply: 'presence'; presence: Presence[] }
  | ({ reply: 'status' } & OwnStatus)
  | { reply: 'sent'; id: string; state: 'delivered' | 'sent' | 'failed'; reason?: string }
  | { reply: 'search'; people: Person[]; more: boolean }
  | { reply: 'config'; file: string; entries: ConfigEntry[]; issues: ConfigIssue[] }
  | { reply: 'links'; links: [Side, SideState][]; bridge: boolean };
