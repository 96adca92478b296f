//! Where the server of a domain is: SRV records (RFC 6120 section 3.2, XEP-0368) and addresses.

use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::{Name, RData};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{sleep, timeout};

use super::settings::{Settings, Tls};
use crate::{Error, ErrorKind};

/// Time between the starts of attempts to several addresses of one host (RFC 8305 section 5).
const STAGGER: Duration = Duration::from_millis(250);
/// Most records followed.
const MOST_TARGETS: usize = 16;
/// Most addresses of a host tried.
const MOST_ADDRESSES: usize = 8;

/// A host that may serve the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Host name or address.
    pub(super) host: String,
    /// Port.
    pub(super) port: u16,
    /// TLS from the first byte instead of STARTTLS.
    pub(super) direct: bool,
}

/// An SRV record.
#[derive(Clone, Debug)]
struct Record {
    target: Target,
    priority: u16,
    weight: u16,
}

/// The domain in the form that DNS and certificates use.
pub(super) fn ascii(domain: &str) -> Result<String, Error> {
    let name = Name::from_utf8(domain).map_err(|_| ErrorKind::NotFound {
        tried: vec![domain.to_owned()],
    })?;
    Ok(name.to_ascii().trim_end_matches('.').to_owned())
}

/// Hosts to try, best first, and the names looked up. `domain` is in ASCII.
pub(super) async fn targets(
    settings: &Settings,
    domain: &str,
) -> Result<(Vec<Target>, Vec<String>), Error> {
    let direct = settings.tls == Tls::Direct;
    if let Some((host, port)) = &settings.server {
        let target = Target {
            host: host.clone(),
            port: *port,
            direct,
        };
        return Ok((vec![target], Vec::new()));
    }
    let services: &[(&str, bool)] = match settings.tls {
        Tls::StartTls => &[("_xmpps-client._tcp", true), ("_xmpp-client._tcp", false)],
        Tls::Direct => &[("_xmpps-client._tcp", true)],
        Tls::None => &[("_xmpp-client._tcp", false)],
    };
    let names: Vec<(String, bool)> = services
        .iter()
        .map(|(service, direct)| (format!("{service}.{domain}."), *direct))
        .collect();
    let lookups = names.iter().map(|(name, direct)| srv(name, *direct));
    let records = futures::future::join_all(lookups).await.concat();
    let mut tried: Vec<String> = names
        .iter()
        .map(|(name, _)| name.trim_end_matches('.').to_owned())
        .collect();
    if records.is_empty() {
        // RFC 6120 section 3.2.2; XEP-0368 has no such rule, 5223 is what servers listen on by habit.
        let port = if direct { 5223 } else { 5222 };
        tried.push(domain.to_owned());
        return Ok((
            vec![Target {
                host: domain.to_owned(),
                port,
                direct,
            }],
            tried,
        ));
    }
    let targets: Vec<Target> = order(records, chance)
        .into_iter()
        .filter(|target| !target.host.is_empty())
        .collect();
    if targets.is_empty() {
        // RFC 2782: the target "." says that there is no such service.
        return Err(ErrorKind::NotFound { tried }.into());
    }
    Ok((targets, tried))
}

async fn srv(name: &str, direct: bool) -> Vec<Record> {
    let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
    let found = match resolver {
        Ok(resolver) => resolver.srv_lookup(name).await,
        Err(error) => Err(error),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(name, %error, "no service record");
            return Vec::new();
        }
    };
    let records = found.answers().iter().filter_map(|answer| {
        let RData::SRV(record) = &answer.data else {
            return None;
        };
        let host = record.target.to_ascii().trim_end_matches('.').to_owned();
        Some(Record {
            target: Target {
                host,
                port: record.port,
                direct,
            },
            priority: record.priority,
            weight: record.weight,
        })
    });
    records.take(MOST_TARGETS).collect()
}

/// The order of RFC 2782: lowest priority first, within one priority by chance in proportion to the weight.
/// `chance` gives numbers from 0 up to 1.
fn order(mut records: Vec<Record>, mut chance: impl FnMut() -> f64) -> Vec<Target> {
    // Weight 0 first, as the RFC's algorithm wants it.
    records.sort_by_key(|record| (record.priority, record.weight));
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(priority) = records.first().map(|record| record.priority) {
        let level = records
            .iter()
            .take_while(|record| record.priority == priority);
        let total: f64 = level.clone().map(|record| f64::from(record.weight)).sum();
        let wanted = chance() * total;
        let mut sum = 0.0;
        let at = level
            .map(|record| {
                sum += f64::from(record.weight);
                sum
            })
            .position(|sum| sum >= wanted)
            .unwrap_or(0);
        ordered.push(records.remove(at).target);
    }
    ordered
}

/// A number from 0 up to 1. The random source is the one that ids come from.
pub(super) fn chance() -> f64 {
    let (_, low) = uuid::Uuid::new_v4().as_u64_pair();
    // The lowest 53 bits are random in a version 4 UUID and fit a float without loss.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let number = (low & ((1 << 53) - 1)) as f64;
    number / (1_u64 << 53) as f64
}

/// Connects to the first target that answers. Addresses of one host are raced, so that a broken IPv6 costs no time.
pub(super) async fn connect(
    targets: &[Target],
    tried: Vec<String>,
    settings: &Settings,
) -> Result<(TcpStream, Target), Error> {
    let limit = settings.limits.connect;
    let mut found_any = false;
    let mut last = None;
    for target in targets {
        let found = timeout(limit, lookup_host((target.host.as_str(), target.port))).await;
        let addresses: Vec<SocketAddr> = match found {
            Ok(Ok(addresses)) => addresses.take(MOST_ADDRESSES).collect(),
            Ok(Err(_)) | Err(_) => continue,
        };
        if settings.tls == Tls::None && !may_be_clear(&addresses, settings.plaintext_anywhere) {
            return Err(Error::new(ErrorKind::PlaintextRefused).at(&target.host, target.port));
        }
        if addresses.is_empty() {
            continue;
        }
        found_any = true;
        match race(&addresses, limit).await {
            Some(stream) => {
                // Small stanzas must not wait for the confirmation of the ones before.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "TCP_NODELAY not set");
                }
                return Ok((stream, target.clone()));
            }
            None => last = Some(target),
        }
    }
    match last {
        Some(target) if found_any => {
            let host = format!("{}:{}", target.host, target.port);
            Err(Error::new(ErrorKind::Silent { host }).at(&target.host, target.port))
        }
        _ => {
            let hosts = targets.iter().map(|target| target.host.clone());
            let mut tried = tried;
            tried.extend(hosts);
            tried.dedup();
            Err(ErrorKind::NotFound { tried }.into())
        }
    }
}

async fn race(addresses: &[SocketAddr], limit: Duration) -> Option<TcpStream> {
    let attempts = addresses.iter().zip(0_u32..).map(|(address, at)| {
        Box::pin(async move {
            sleep(STAGGER * at).await;
            match timeout(limit, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => Ok(stream),
                Ok(Err(_)) | Err(_) => Err(()),
            }
        })
    });
    let (stream, _) = futures::future::select_ok(attempts).await.ok()?;
    Some(stream)
}

/// Whether a password may go to these addresses without encryption.
fn may_be_clear(addresses: &[SocketAddr], anywhere: bool) -> bool {
    anywhere || addresses.iter().all(|address| address.ip().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_encryption_it_goes_to_this_computer_alone_unless_that_was_decided() {
        let addresses = |texts: &[&str]| -> Vec<SocketAddr> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        let here = addresses(&["127.0.0.1:5222", "[::1]:5222"]);
        let away = addresses(&["127.0.0.1:5222", "192.0.2.1:5222"]);
        assert!(may_be_clear(&here, false));
        assert!(!may_be_clear(&away, false));
        assert!(may_be_clear(&away, true));
    }

    fn record(host: &str, priority: u16, weight: u16) -> Record {
        let target = Target {
            host: host.to_owned(),
            port: 5222,
            direct: false,
        };
        Record {
            target,
            priority,
            weight,
        }
    }

    fn hosts(records: Vec<Record>, chance: f64) -> Vec<String> {
        order(records, || chance)
            .into_iter()
            .map(|target| target.host)
            .collect()
    }

    #[test]
    fn lower_priority_comes_first() {
        let records = vec![record("c", 30, 9), record("a", 10, 0), record("b", 20, 5)];
        assert_eq!(hosts(records, 0.5), ["a", "b", "c"]);
    }

    #[test]
    fn weight_decides_within_a_priority() {
        let records = || vec![record("heavy", 10, 90), record("light", 10, 10)];
        assert_eq!(hosts(records(), 0.05), ["light", "heavy"]);
        assert_eq!(hosts(records(), 0.95), ["heavy", "light"]);
    }

    #[test]
    fn chance_stays_below_one_and_changes() {
        let numbers: Vec<f64> = (0..100).map(|_| chance()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(numbers.windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn international_domains_are_written_in_ascii() {
        assert_eq!(ascii("münchen.example").unwrap(), "xn--mnchen-3ya.example");
        assert_eq!(ascii("alpha.test").unwrap(), "alpha.test");
    }
}
