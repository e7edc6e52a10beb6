//! How long compressed buffers of Arrow say they will be. Who decompresses them allocates that at once, so it
//! is held to the limit of memory before. What else is unsound the decoder tells.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use arrow_ipc::reader::read_footer_length;
use arrow_ipc::{root_as_footer, root_as_message};

use crate::error::Problem;
use crate::memory::Memory;

/// The mark before a message's length, but in very old files.
const CONTINUES: [u8; 4] = [0xff; 4];

/// Of a stream: one message behind the other.
pub(super) fn of_stream(mut file: BufReader<File>, memory: Memory) -> Result<(), Problem> {
    while let Some(message) = message(&mut file)? {
        let body = file.stream_position()?;
        let Some((claim, length)) = claim(&mut file, &message, body)? else { break };
        memory.allows(claim)?;
        to(&mut file, body.saturating_add(length))?;
    }
    Ok(())
}

/// Of a file: the messages that its footer names.
pub(super) fn of_file(mut file: BufReader<File>, memory: Memory) -> Result<(), Problem> {
    let mut ending = [0; 10];
    let at = file.seek(SeekFrom::End(-(ending.len() as i64)));
    if at.and_then(|_| file.read_exact(&mut ending)).is_err() {
        return Ok(());
    }
    let Ok(length) = read_footer_length(ending) else { return Ok(()) };
    let mut footer = Vec::new();
    if file.seek(SeekFrom::End(-((ending.len() + length) as i64))).is_ok() {
        file.by_ref().take(length as u64).read_to_end(&mut footer)?;
    }
    let Ok(footer) = root_as_footer(&footer) else { return Ok(()) };
    let blocks = [footer.dictionaries(), footer.recordBatches()];
    for block in blocks.into_iter().flatten().flatten() {
        // as the decoder goes by it: where the body begins says the footer, and not the message
        let (start, length) = (at_least_0(block.offset()), at_least_0(block.metaDataLength().into()));
        let mut message = Vec::new();
        to(&mut file, start)?;
        file.by_ref().take(length).read_to_end(&mut message)?;
        let prefix = if message.starts_with(&CONTINUES) { 8 } else { 4 };
        let Some(message) = message.get(prefix..) else { continue };
        let claimed = claim(&mut file, message, start.saturating_add(length))?;
        memory.allows(claimed.map_or(0, |(claim, _)| claim))?;
    }
    Ok(())
}

/// What the buffers of a message claim in all, and how long its body is, which begins at that place.
fn claim(file: &mut BufReader<File>, message: &[u8], body: u64) -> Result<Option<(usize, u64)>, Problem> {
    let Ok(message) = root_as_message(message) else { return Ok(None) };
    let of_dictionary = || message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let batch = message.header_as_record_batch().or_else(of_dictionary);
    let compressed = batch.filter(|batch| batch.compression().is_some());
    let mut total = 0_usize;
    for buffer in compressed.and_then(|batch| batch.buffers()).iter().flatten() {
        let mut claim = [0; 8];
        to(file, body.saturating_add(at_least_0(buffer.offset())))?;
        if buffer.length() >= claim.len() as i64 && file.read_exact(&mut claim).is_ok() {
            // −1 says that it is not compressed
            total = total.saturating_add(usize::try_from(i64::from_le_bytes(claim)).unwrap_or(0));
        }
    }
    Ok(Some((total, at_least_0(message.bodyLength()))))
}

/// The bytes of the message here; none where there is no whole one.
fn message(file: &mut BufReader<File>) -> Result<Option<Vec<u8>>, Problem> {
    let mut length = CONTINUES;
    for _ in 0..2 {
        if length == CONTINUES && file.read_exact(&mut length).is_err() {
            return Ok(None);
        }
    }
    let length = u64::try_from(i32::from_le_bytes(length)).unwrap_or(0);
    let mut message = Vec::new();
    file.take(length).read_to_end(&mut message)?;
    Ok((length > 0 && message.len() as u64 == length).then_some(message))
}

/// What is below is as unsound as any: the decoder says so.
fn at_least_0(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn to(file: &mut BufReader<File>, place: u64) -> Result<(), Problem> {
    file.seek(SeekFrom::Start(place.min(i64::MAX as u64)))?;
    Ok(())
}
