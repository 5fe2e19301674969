//! One connection to the server, kept open: HTTP/1.1 with as little work as possible.
//!
//! The load comes from the machine that is measured, so what the client costs is taken from the
//! server. One thread serves every connection; requests are written whole, and an answer is read
//! into the same buffer each time.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use httparse::{EMPTY_HEADER, Header, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const MAX_HEADERS: usize = 32;
const MAX_ANSWER: usize = 1024 * 1024;

/// A connection that is opened when it is first used, and again when the server has closed it.
#[derive(Debug)]
pub(crate) struct Connection {
    server: SocketAddr,
    /// Where it comes from: any address of this machine, if it matters.
    from: Option<SocketAddr>,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    /// How many answers are awaited, by this connection and whichever share the count.
    awaited: Rc<Cell<usize>>,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    headers: [Header<'a>; MAX_HEADERS],
    pub(crate) body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Every value of a header, in order; `name` in lower case.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .filter_map(|header| str::from_utf8(header.value).ok())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers(name).next()
    }

    /// The value that the answer gives a cookie; `None` if it sets none or clears it.
    pub(crate) fn cookie(&self, name: &str) -> Option<&'a str> {
        let pairs = self.headers("set-cookie").filter_map(|cookie| cookie.split(';').next());
        let mut named = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        named.next().filter(|value| !value.is_empty())
    }
}

/// Where an answer ends, and whether another may follow it.
#[derive(Clone, Copy)]
struct Extent {
    head: usize,
    /// `None`: as long as the server writes.
    body: Option<usize>,
    is_last: bool,
}

impl Connection {
    pub(crate) fn new(server: SocketAddr) -> Self {
        let awaited = Rc::default();
        Self { server, from: None, stream: None, buffer: Vec::new(), awaited }
    }

    /// One that comes from `from`; port 0 stands for any.
    pub(crate) fn from(server: SocketAddr, from: SocketAddr) -> Self {
        Self { from: Some(from), ..Self::new(server) }
    }

    /// Counts the answers that are awaited there.
    pub(crate) fn counted_in(self, awaited: &Rc<Cell<usize>>) -> Self {
        Self { awaited: Rc::clone(awaited), ..self }
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.forget_if_closed();
        self.send(request).await?;
        self.hear().await
    }

    /// Lets go of a connection that the server has closed since the last answer, as it does with one
    /// that idles. Browsers do so as well: nothing of the next request was sent.
    pub(crate) fn forget_if_closed(&mut self) {
        self.stream.take_if(|stream| {
            let read = stream.try_read(&mut [0]);
            !read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        });
    }

    /// Sends a part of a request, or all of it.
    pub(crate) async fn send(&mut self, part: &[u8]) -> io::Result<()> {
        if self.stream.is_none() {
            self.stream = Some(self.connect().await?);
        }
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        stream.write_all(part).await
    }

    /// Reads the answer to what was sent.
    pub(crate) async fn hear(&mut self) -> io::Result<Answer<'_>> {
        self.buffer.clear();
        self.awaited.update(|count| count.saturating_add(1));
        let extent = self.read_answer().await;
        self.awaited.update(|count| count.saturating_sub(1));
        // What broke off is of no more use, and neither is what the server is about to close.
        if !matches!(extent, Ok(Extent { is_last: false, .. })) {
            self.stream = None;
        }
        let Extent { head, body, .. } = extent?;
        let (head, rest) = self.buffer.split_at_checked(head).ok_or(io::ErrorKind::InvalidData)?;
        let body = body.map_or(Some(rest), |len| rest.get(..len));
        let mut headers = [EMPTY_HEADER; MAX_HEADERS];
        let mut parser = httparse::Response::new(&mut headers);
        parser.parse(head).map_err(io::Error::other)?;
        let status = parser.code.unwrap_or_default();
        Ok(Answer { status, headers, body: body.ok_or(io::ErrorKind::InvalidData)? })
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let socket = if self.server.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        if let Some(from) = self.from {
            socket.bind(from)?;
        }
        let stream = socket.connect(self.server).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    async fn read_answer(&mut self) -> io::Result<Extent> {
        let stream = self.stream.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let mut extent = None;
        loop {
            if extent.is_none() {
                extent = find_extent(&self.buffer)?;
            }
            if let Some(Extent { head, body: Some(body), .. }) = extent
                && self.buffer.len() >= head.saturating_add(body)
            {
                break;
            }
            self.buffer.reserve(4096);
            if stream.read_buf(&mut self.buffer).await? == 0 {
                break;
            }
            if self.buffer.len() > MAX_ANSWER {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        match extent {
            Some(Extent { head, body: Some(body), .. })
                if self.buffer.len() < head.saturating_add(body) =>
            {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            Some(extent) => Ok(extent),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Finds out where the answer that `bytes` begins with ends; `None` when that is not there yet.
//= RFC 9112 §6.3: a length, or else the end of the connection
fn find_extent(bytes: &[u8]) -> io::Result<Option<Extent>> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut parser = httparse::Response::new(&mut headers);
    let Status::Complete(head) = parser.parse(bytes).map_err(io::Error::other)? else {
        return Ok(None);
    };
    let mut extent = Extent { head, body: None, is_last: parser.version != Some(1) };
    for header in parser.headers.iter() {
        let value = str::from_utf8(header.value).unwrap_or_default();
        if header.name.eq_ignore_ascii_case("content-length") {
            extent.body = Some(value.parse().map_err(io::Error::other)?);
        } else if header.name.eq_ignore_ascii_case("connection") {
            extent.is_last |= value.eq_ignore_ascii_case("close");
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(io::Error::other("answers in chunks are not read here"));
        }
    }
    extent.is_last |= extent.body.is_none();
    Ok(Some(extent))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
pub(crate) mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{SocketAddr, TcpListener};
    use std::rc::Rc;
    use std::thread;

    use super::{AsyncReadExt, Connection};

    /// A server that gives each connection these answers, one for each request of four bytes.
    pub(crate) fn serve(connections: &'static [&'static [&'static str]]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for answers in connections {
                let (mut stream, _) = listener.accept().unwrap();
                for answer in *answers {
                    stream.read_exact(&mut [0; 4]).unwrap();
                    for byte in answer.as_bytes() {
                        stream.write_all(&[*byte]).unwrap();
                    }
                }
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_are_read_whole_and_the_connection_is_kept() {
        let address = serve(&[
            &[
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nSet-Cookie: a=1; Secure\r\n\
                 set-cookie: b=; Max-Age=0\r\n\r\nhi",
                "HTTP/1.1 303 See Other\r\nlocation: /x\r\ncontent-length: 0\r\n\
                 connection: close\r\n\r\n",
            ],
            &["HTTP/1.0 200 OK\r\n\r\nto the end"],
        ]);
        let mut connection = Connection::new(address);
        let first = connection.ask(b"one!").await.unwrap();
        assert_eq!((first.status, first.body), (200, b"hi".as_slice()));
        assert_eq!(
            (first.cookie("a"), first.cookie("b"), first.cookie("c")),
            (Some("1"), None, None)
        );
        let second = connection.ask(b"two!").await.unwrap();
        assert_eq!((second.status, second.header("location")), (303, Some("/x")));
        let third = connection.ask(b"3rd!").await.unwrap();
        assert_eq!((third.status, third.body), (200, b"to the end".as_slice()));
    }

    #[tokio::test]
    async fn answers_that_are_awaited_are_counted() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, awaited) = (listener.local_addr().unwrap(), Rc::default());
        let mut connection = Connection::new(address).counted_in(&awaited);
        let server = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.read_exact(&mut [0; 4]).await.unwrap();
            awaited.get()
        };
        let (answer, while_asked) = tokio::join!(connection.ask(b"any!"), server);
        assert!(answer.is_err());
        assert_eq!((while_asked, awaited.get()), (1, 0));
    }

    #[tokio::test]
    async fn what_the_server_closed_since_is_opened_anew() {
        const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        let mut connection = Connection::new(serve(&[&[DONE], &[DONE, DONE]]));
        assert!(connection.ask(b"one!").await.is_ok());
        connection.stream.as_ref().unwrap().readable().await.unwrap();
        assert!(connection.ask(b"two!").await.is_ok());
        assert!(connection.ask(b"3rd!").await.is_ok());
    }

    #[tokio::test]
    async fn what_breaks_off_is_an_error() {
        for answer in
            ["", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh"]
        {
            let answers: &'static [&'static str] = Box::leak(Box::new([answer]));
            let mut connection = Connection::new(serve(Box::leak(Box::new([answers]))));
            let heard = connection.ask(b"any!").await;
            assert_eq!(heard.unwrap_err().kind(), ErrorKind::UnexpectedEof, "{answer:?}");
        }
    }
}
