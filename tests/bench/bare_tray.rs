//! The floor of a program in the tray: an item, and nothing else (`docs/bench.md`).

use anyhow::Result;
use ksni::{Icon, Tray, TrayMethods as _};

struct Bare;

impl Tray for Bare {
    fn id(&self) -> String {
        "causeway-bench-tray".into()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        const EDGE: i32 = 16;
        vec![Icon {
            width: EDGE,
            height: EDGE,
            data: vec![0xff; 16 * 16 * 4],
        }]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let _item = Bare.spawn().await?;
    std::future::pending().await
}
