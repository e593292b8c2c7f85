//! Headers as they are stored: the lines of the request, `name: value` and CRLF, the values' bytes unchanged.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Writes headers in the order of the map. Names and values cannot hold CR or LF, so this can be read back exactly.
pub fn encode_headers(headers: &HeaderMap) -> Vec<u8> {
    let length = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    let mut lines = Vec::with_capacity(length);
    for (name, value) in headers {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.extend_from_slice(b": ");
        lines.extend_from_slice(value.as_bytes());
        lines.extend_from_slice(b"\r\n");
    }
    lines
}

/// Reads back what [`encode_headers`] wrote. Lines that it cannot have written are left out.
pub fn decode_headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = line.windows(2).position(|pair| pair == b": ") else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(&line[..colon]),
            HeaderValue::from_bytes(&line[colon + 2..]),
        ) {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_byte_for_byte() {
        let mut headers = HeaderMap::new();
        headers.append("x-empty", HeaderValue::from_static(""));
        headers.append("x-twice", HeaderValue::from_static("a: b"));
        headers.append("x-twice", HeaderValue::from_bytes(b"caf\xe9 \xff").expect("a header value"));
        assert_eq!(decode_headers(&encode_headers(&headers)), headers);
    }
}
