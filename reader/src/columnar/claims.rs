//! How long compressed buffers of Arrow say they will be. Who decompresses them allocates that at once, so it
//! is held to the limit of memory before. What else is unsound the decoder tells.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use arrow_ipc::reader::read_footer_length;
use arrow_ipc::{root_as_footer, root_as_message};

use crate::error::Problem;
use crate::memory::Memory;

/// Of a stream: one message behind the other.
pub(super) fn of_stream(mut file: BufReader<File>, memory: Memory) -> Result<(), Problem> {
    while let Some((claim, end)) = claim(&mut file)? {
        memory.allows(claim)?;
        to(&mut file, end)?;
    }
    Ok(())
}

/// Of a file: the messages that its footer names.
pub(super) fn of_file(mut file: BufReader<File>, memory: Memory) -> Result<(), Problem> {
    let mut ending = [0; 10];
    file.seek(SeekFrom::End(-(ending.len() as i64)))?;
    file.read_exact(&mut ending)?;
    let Ok(length) = read_footer_length(ending) else { return Ok(()) };
    let mut footer = Vec::new();
    if file.seek(SeekFrom::End(-((ending.len() + length) as i64))).is_ok() {
        file.by_ref().take(length as u64).read_to_end(&mut footer)?;
    }
    let Ok(footer) = root_as_footer(&footer) else { return Ok(()) };
    for block in
        footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten())
    {
        to(&mut file, u64::try_from(block.offset()).unwrap_or(u64::MAX))?;
        memory.allows(claim(&mut file)?.map_or(0, |(claim, _)| claim))?;
    }
    Ok(())
}

/// What the buffers of the message here claim in all, and where it ends.
fn claim(file: &mut BufReader<File>) -> Result<Option<(usize, u64)>, Problem> {
    let Some(message) = message(file)? else { return Ok(None) };
    let Ok(message) = root_as_message(&message) else { return Ok(None) };
    let of_dictionary = || message.header_as_dictionary_batch().and_then(|batch| batch.data());
    let batch = message.header_as_record_batch().or_else(of_dictionary);
    let body = file.stream_position()?;
    let mut total = 0_usize;
    for buffer in
        batch.filter(|batch| batch.compression().is_some()).and_then(|batch| batch.buffers()).iter().flatten()
    {
        let mut claim = [0; 8];
        to(file, body.saturating_add(u64::try_from(buffer.offset()).unwrap_or(u64::MAX)))?;
        if buffer.length() >= claim.len() as i64 && file.read_exact(&mut claim).is_ok() {
            // −1 says that it is not compressed
            total = total.saturating_add(usize::try_from(i64::from_le_bytes(claim)).unwrap_or(0));
        }
    }
    Ok(u64::try_from(message.bodyLength()).ok().map(|length| (total, body.saturating_add(length))))
}

/// The bytes of the message here; none where there is no whole one.
fn message(file: &mut BufReader<File>) -> Result<Option<Vec<u8>>, Problem> {
    const CONTINUES: [u8; 4] = [0xff; 4];
    let mut length = CONTINUES;
    // the mark stands before the length, but for very old files
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

fn to(file: &mut BufReader<File>, place: u64) -> Result<(), Problem> {
    file.seek(SeekFrom::Start(place.min(i64::MAX as u64)))?;
    Ok(())
}
