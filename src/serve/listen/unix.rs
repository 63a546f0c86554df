//! A unix datagram socket, as HAProxy logs to with `log /run/hapline.sock`.
//!
//! Enters: a path. Leaves: a socket that is bound to it. Must not know: what comes.
//!
//! A socket's file outlives whoever made it, so what a killed process left is replaced; what somebody listens on is not.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use socket2::Socket;

use super::allow::Allowed;
use super::datagrams::{Datagrams, WAIT};

/// Permissions of a socket's file: whoever may look into its folder may write to it, as HAProxy and rsyslog run as users of
/// their own.
const MODE: u32 = 0o666;

/// A socket, and its file.
#[derive(Debug)]
pub struct Unix {
    /// The socket.
    pub datagrams: Datagrams,
    /// Removed with this, if this made it.
    pub file: Option<SocketFile>,
}

/// A socket's file, which is removed in the end unless another one stands there by then.
#[derive(Debug)]
pub struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let found = fs::symlink_metadata(&self.path).map(|found| identity(&found));
        if found.is_ok_and(|found| found == self.identity) {
            // Whoever comes next replaces it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn identity(file: &Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

impl Unix {
    /// Makes a socket at a path, which everybody who finds it may write to.
    ///
    /// # Errors
    /// When somebody listens there, when another kind of file stands there, or when the system refuses it.
    pub fn bind(path: &Path) -> io::Result<Self> {
        make_room(path)?;
        let socket = UnixDatagram::bind(path)?;
        fs::set_permissions(path, Permissions::from_mode(MODE))?;
        let file = SocketFile {
            path: path.to_owned(),
            identity: identity(&fs::symlink_metadata(path)?),
        };
        Ok(Self {
            file: Some(file),
            ..Self::adopt(Socket::from(socket))?
        })
    }

    /// Takes a socket that is bound; its file is somebody else's.
    ///
    /// # Errors
    /// When the system refuses it.
    pub fn adopt(socket: Socket) -> io::Result<Self> {
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(WAIT))?;
        let datagrams = Datagrams {
            socket,
            drops: None,
            allowed: Allowed::default(),
            // Its senders wait, or give up, as soon as a few datagrams do (net.unix.max_dgram_qlen).
            rest: Duration::ZERO,
        };
        Ok(Self {
            datagrams,
            file: None,
        })
    }
}

/// Removes a socket's file that nobody listens on.
fn make_room(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        let problem = "is a file, and no socket";
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, problem));
    }
    let asked = UnixDatagram::unbound()?.connect(path);
    match asked {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        // A socket of another kind, or one that may not be written to, is somebody's.
        _ => Err(io::ErrorKind::AddrInUse.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_nobody_listens_on_is_replaced_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hapline.sock");
        // Left by one that was killed.
        drop(UnixDatagram::bind(&path).unwrap());
        assert!(path.exists());
        let first = Unix::bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, MODE);

        let problem = Unix::bind(&path).unwrap_err();
        assert_eq!(problem.kind(), io::ErrorKind::AddrInUse);

        drop(first);
        assert!(!path.exists());
        fs::write(&path, "precious").unwrap();
        let problem = Unix::bind(&path).unwrap_err();
        assert_eq!(problem.to_string(), "is a file, and no socket");
        assert_eq!(fs::read(&path).unwrap(), b"precious");
    }

    #[test]
    fn another_ones_file_is_not_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("hapline.sock");
        let first = Unix::bind(&path).unwrap();
        // Renaming keeps the number of the first one's file taken.
        fs::rename(&path, directory.path().join("elsewhere")).unwrap();
        let second = Unix::bind(&path).unwrap();
        drop(first);
        assert!(path.exists());
        drop(second);
        assert!(!path.exists());
    }
}
