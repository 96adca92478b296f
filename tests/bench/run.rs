//! One series of timed texts: how many may be outstanding, and what comes out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// Longest silence before a series counts as stuck.
const SILENCE: Duration = Duration::from_secs(30);

/// Figures of a series.
pub(crate) struct Series {
    delays: Vec<Duration>,
    elapsed: Duration,
}

impl Series {
    /// Quantile in milliseconds.
    pub(crate) fn quantile(&self, quantile: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index of a few thousand"
        )]
        let index = ((self.delays.len() - 1) as f64 * quantile).round() as usize;
        self.delays
            .get(index)
            .map_or(0.0, |delay| round(delay.as_secs_f64() * 1000.0))
    }

    /// Texts per second.
    pub(crate) fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let count = self.delays.len() as f64;
        round(count / self.elapsed.as_secs_f64())
    }

    /// As it is printed.
    pub(crate) fn report(&self) -> Value {
        json!({
            "p50_ms": self.quantile(0.5), "p95_ms": self.quantile(0.95), "p99_ms": self.quantile(0.99), "per_second": self.rate(),
        })
    }
}

/// Median, 95 % and the worst of some milliseconds.
pub(crate) fn spread(mut ms: Vec<f64>) -> Value {
    ms.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        let index = ms.len().saturating_sub(1) * percent / 100;
        round(ms.get(index).copied().unwrap_or_default())
    };
    json!({ "p50_ms": at(50), "p95_ms": at(95), "worst_ms": at(100), "times": ms.len() })
}

/// How often the median of a spread is that of another.
pub(crate) fn ratio(of: &Value, floor: &Value) -> f64 {
    let median = |spread: &Value| spread["p50_ms"].as_f64().unwrap_or_default();
    round(median(of) / median(floor))
}

/// Milliseconds since then.
pub(crate) fn since(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

/// Two decimals are more than this machine is good for.
pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Sends `count` texts with at most `outstanding` under way. `send` writes the text with that number; `receive` waits
/// for the next one and tells its number.
pub(crate) async fn series(
    count: usize,
    outstanding: usize,
    mut send: impl FnMut(usize),
    mut receive: impl AsyncFnMut() -> usize,
) -> Result<Series> {
    let (mut next, mut under_way, mut delays) = (0, HashMap::new(), Vec::with_capacity(count));
    let begin = Instant::now();
    while delays.len() < count {
        while next < count && under_way.len() < outstanding {
            under_way.insert(next, Instant::now());
            send(next);
            next += 1;
        }
        let Ok(number) = tokio::time::timeout(SILENCE, receive()).await else {
            bail!(
                "{} of {count} texts arrived, then nothing for {} s",
                delays.len(),
                SILENCE.as_secs()
            );
        };
        if let Some(sent) = under_way.remove(&number) {
            delays.push(sent.elapsed());
        }
    }
    let elapsed = begin.elapsed();
    delays.sort_unstable();
    Ok(Series { delays, elapsed })
}

/// The number at the end of a text, behind the last `#`.
pub(crate) fn number(text: &str) -> Option<usize> {
    text.rsplit_once('#')?.1.trim().parse().ok()
}
