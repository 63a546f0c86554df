//! An answer that is known to be made until it ends.
//!
//! Enters: the body of an answer, and who is being answered. Leaves: the same body. Must not know: what is answered.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::room::Answering;

/// See the module.
#[derive(Debug)]
pub struct Answer {
    body: Body,
    /// Dropped with the body, once its end was taken or nobody takes more.
    _answering: Answering,
}

impl Answer {
    /// The body of an answer to somebody.
    pub fn new(body: Body, answering: Answering) -> Self {
        Self {
            body,
            _answering: answering,
        }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
