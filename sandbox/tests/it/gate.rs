//! A door in front of a program's port that the test can close: what is open breaks, what comes is held, nothing passes.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Gate {
    open: watch::Sender<bool>,
}

impl Gate {
    /// Stands at `front` and leads to `back`.
    pub async fn start(front: u16, back: u16) -> Gate {
        let listener = TcpListener::bind(("127.0.0.1", front)).await.unwrap();
        let (open, door) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((outside, _)) = listener.accept().await {
                tokio::spawn(pass(outside, back, door.clone()));
            }
        });
        Gate { open }
    }

    pub fn close(&self) {
        self.open.send_replace(false);
    }

    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

async fn pass(mut outside: TcpStream, back: u16, mut door: watch::Receiver<bool>) {
    if !*door.borrow() {
        // Held: the other side waits for an answer that never comes.
        tokio::time::sleep(Duration::from_secs(120)).await;
        return;
    }
    let Ok(mut inside) = TcpStream::connect(("127.0.0.1", back)).await else { return };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut outside, &mut inside) => {}
        _ = door.wait_for(|open| !open) => {}
    }
}
