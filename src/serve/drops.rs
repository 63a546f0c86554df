//! Datagrams that the kernel dropped because nobody took them in time.
//!
//! Enters: a UDP socket. Leaves: how many it lost. Must not know: what was in them.
//!
//! Linux counts them in the last column of `/proc/net/udp`, in the row with the socket's inode (udp(7), proc(5)).
//! Where there is no such file, none are known.

use std::fs;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// See the module.
#[derive(Debug)]
pub struct Drops {
    table: PathBuf,
    inode: Option<String>,
    told: u64,
}

impl Drops {
    /// Those of a socket for one of the two families.
    pub fn of(socket: &impl AsRawFd, is_v6: bool) -> Self {
        Self {
            table: if is_v6 {
                "/proc/self/net/udp6"
            } else {
                "/proc/self/net/udp"
            }
            .into(),
            inode: inode(socket),
            told: 0,
        }
    }

    /// The same, without those that were lost so far: before somebody took it over.
    pub fn counted_from_now(mut self) -> Self {
        self.more();
        self
    }

    /// How many it lost since the last look.
    pub fn since_last(&mut self) -> u64 {
        let before = self.told;
        self.more().map_or(0, |dropped| dropped - before)
    }

    /// How many it lost in all, when there are more than was told last. The socket must still be open.
    pub fn more(&mut self) -> Option<u64> {
        let table = fs::read_to_string(&self.table).ok()?;
        let dropped = dropped(&table, self.inode.as_deref()?)?;
        let more = dropped > self.told;
        self.told = dropped.max(self.told);
        more.then_some(dropped)
    }
}

/// `socket:[4711]` is what a descriptor of a socket links to.
fn inode(socket: &impl AsRawFd) -> Option<String> {
    let link = Path::new("/proc/self/fd").join(socket.as_raw_fd().to_string());
    let target = fs::read_link(link).ok()?;
    let inode = target
        .to_str()?
        .strip_prefix("socket:[")?
        .strip_suffix(']')?;
    Some(inode.to_owned())
}

/// The tenth column is the inode, the last one counts drops.
fn dropped(table: &str, inode: &str) -> Option<u64> {
    table
        .lines()
        .skip(1)
        .map(|row| row.split_ascii_whitespace())
        .find(|row| row.clone().nth(9) == Some(inode))?
        .last()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;

    const TABLE: &str = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n \
        2290: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50817 2 00000000d9aa6e0f 50817\n \
        2291: 0100007F:158B 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50818 2 00000000d9aa6e0f 12\n";

    #[test]
    fn the_row_is_found_by_its_inode() {
        assert_eq!(dropped(TABLE, "50818"), Some(12));
        assert_eq!(dropped(TABLE, "50817"), Some(50_817));
        assert_eq!(dropped(TABLE, "12"), None);
    }

    #[test]
    fn what_a_full_socket_lost_is_counted_and_told_once() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut drops = Drops::of(&socket, false);
        assert_eq!(drops.more(), None);
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        const SENT: u64 = 20_000;
        for _ in 0..SENT {
            sender.send_to(&[b'x'; 500], address).unwrap();
        }
        socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 500];
        let received = std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count();
        assert_eq!(drops.more(), Some(SENT - received as u64));
        assert_eq!(drops.more(), None);
    }
}
