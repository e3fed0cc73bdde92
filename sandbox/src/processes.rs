//! The four compiled programs, each as a process of its own from a settings file, as an operator runs them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::members::{Addresses, Member, settings, settings_file};

/// Longest time a program may take until `/ready` says yes.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Four running programs and the folder they live in.
#[derive(Debug)]
pub struct Processes {
    pub at: Addresses,
    folder: PathBuf,
    programs: PathBuf,
    running: Vec<(Member, Child)>,
}

impl Processes {
    /// Writes a settings file for each member and starts them, the registry first. `programs` is the folder of the binaries;
    /// `extra` settings replace those that [`settings`] makes.
    pub async fn start(
        programs: &Path,
        folder: &Path,
        at: Addresses,
        extra: &[(Member, &str, &str)],
    ) -> anyhow::Result<Self> {
        let mut network = Self { at, folder: folder.to_owned(), programs: programs.to_owned(), running: Vec::new() };
        for member in Member::ALL {
            let mut lines = settings(member, &network.at, folder, "", "", "1.2.5");
            for (who, key, value) in extra {
                if *who == member {
                    lines.retain(|(known, _)| known != key);
                    lines.push(((*key).to_owned(), (*value).to_owned()));
                }
            }
            std::fs::write(network.settings_path(member), settings_file(&lines))?;
        }
        for member in Member::ALL {
            network.run(member).await?;
        }
        Ok(network)
    }

    /// Starts one member and waits until it is ready.
    pub async fn run(&mut self, member: Member) -> anyhow::Result<()> {
        let log = File::options().create(true).append(true).open(self.log_path(member))?;
        let program = self.programs.join(member.program());
        let child = Command::new(&program)
            .arg("--config")
            .arg(self.settings_path(member))
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log))
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        self.running.push((member, child));
        self.wait_until_ready(member).await
    }

    /// Ends one member as a power cut would: SIGKILL, no last words.
    pub fn kill(&mut self, member: Member) -> anyhow::Result<()> {
        let Some(index) = self.running.iter().position(|(who, _)| *who == member) else {
            bail!("the {} is not running", member.name());
        };
        let (_, mut child) = self.running.swap_remove(index);
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// What a member wrote, for the message of a failing test.
    pub fn log(&self, member: Member) -> String {
        std::fs::read_to_string(self.log_path(member)).unwrap_or_default()
    }

    /// The folder of a member's database and keys.
    pub fn data_dir(&self, member: Member) -> PathBuf {
        self.folder.join(member.name())
    }

    /// The settings file of a member.
    pub fn settings_path(&self, member: Member) -> PathBuf {
        self.folder.join(format!("{}.toml", member.name()))
    }

    fn log_path(&self, member: Member) -> PathBuf {
        self.folder.join(format!("{}.log", member.name()))
    }

    async fn wait_until_ready(&mut self, member: Member) -> anyhow::Result<()> {
        let address = format!("127.0.0.1:{}", self.at.port(member));
        let until = Instant::now() + READY_WITHIN;
        while Instant::now() < until {
            if let Some((_, child)) = self.running.iter_mut().find(|(who, _)| *who == member)
                && let Some(status) = child.try_wait()?
            {
                bail!("the {} ended at start with {status}:\n{}", member.name(), self.log(member));
            }
            if is_ready(&address).await {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("the {} was not ready within {READY_WITHIN:?}:\n{}", member.name(), self.log(member))
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for (_, child) in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Asks `/ready` with a plain request: no client library is needed to read a status line.
async fn is_ready(address: &str) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let ask = async {
        let mut stream = tokio::net::TcpStream::connect(address).await?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    tokio::time::timeout(Duration::from_secs(2), ask).await.is_ok_and(|answer| answer.unwrap_or(false))
}

/// The folder with the compiled programs of this build; builds them when they are not there.
pub fn programs_of_this_build() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.ancestors().find(|path| path.ends_with("debug") || path.ends_with("release"));
    let folder = folder.context("the test does not run from a target folder")?.to_owned();
    if Member::ALL.iter().all(|member| folder.join(member.program()).exists()) {
        return Ok(folder);
    }
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "-p", "registry", "-p", "gateway", "-p", "seller-app", "-p", "buyer-app"]);
    if folder.ends_with("release") {
        build.arg("--release");
    }
    if !build.status()?.success() {
        bail!("the programs could not be built");
    }
    Ok(folder)
}
