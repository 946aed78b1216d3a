"use strict";
// Plays sounds of one length in sync, all but one of them silent, and switches without a click.

// The samples of a 16-bit WAV file in a data URI, as one channel of a buffer.
const bufferOf = (context, uri) => {
  const text = atob(uri.slice(uri.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  let at = 12; // the first chunk
  while (view.getUint32(at) !== 0x64617461 /* data */) at += 8 + view.getUint32(at + 4, true);
  const count = view.getUint32(at + 4, true) / 2;
  const buffer = context.createBuffer(1, count, view.getUint32(24, true));
  const samples = buffer.getChannelData(0);
  for (let i = 0; i < count; i += 1) samples[i] = view.getInt16(at + 8 + 2 * i, true) / 32768;
  return buffer;
};

class Player {
  static RAMP = 0.005; // seconds
  static SOON = 0.02; // seconds, in which all sounds are made ready to start together

  // onChange is called when playing has begun or ended.
  constructor(uris, rate, seconds, onChange) {
    Object.assign(this, { uris, rate, seconds, onChange });
    this.loop = true;
    this.audible = 0;
    this.offset = 0; // where it stands, or where the take began
    this.take = null;
  }

  get playing() {
    return this.take !== null;
  }

  // In seconds.
  get position() {
    if (!this.take) return this.offset;
    const late = this.context.outputLatency || 0;
    const heard = this.offset + Math.max(0, this.context.currentTime - late - this.take.start);
    return heard % this.seconds;
  }

  open() {
    if (this.context) return;
    try {
      this.context = new AudioContext({ sampleRate: this.rate, latencyHint: "interactive" });
    } catch {
      this.context = new AudioContext();
    }
    this.buffers = this.uris.map((uri) => bufferOf(this.context, uri));
  }

  play() {
    this.open();
    this.context.resume();
    this.end();
    const start = this.context.currentTime + Player.SOON;
    const out = new GainNode(this.context, { gain: 1 });
    // From the beginning the first samples are an attack, elsewhere they would be a click.
    if (this.offset > 0) {
      out.gain.setValueAtTime(0, start);
      out.gain.linearRampToValueAtTime(1, start + Player.RAMP);
    }
    out.connect(this.context.destination);
    const gains = this.buffers.map((_, i) => new GainNode(this.context, { gain: Number(i === this.audible) }));
    const sources = this.buffers.map((buffer, i) => {
      const source = new AudioBufferSourceNode(this.context, { buffer, loop: this.loop });
      source.connect(gains[i]).connect(out);
      source.start(start, this.offset);
      return source;
    });
    const take = { start, out, gains, sources };
    sources[0].onended = () => {
      if (this.take !== take) return;
      this.take = null;
      this.offset = 0;
      this.onChange();
    };
    this.take = take;
    this.onChange();
  }

  pause() {
    const here = this.position;
    this.end();
    this.offset = here;
    this.onChange();
  }

  // Let what plays fade out.
  end() {
    if (!this.take) return;
    const { out, sources } = this.take;
    const now = this.context.currentTime;
    this.take = null;
    out.gain.cancelScheduledValues(now);
    out.gain.setTargetAtTime(0, now, Player.RAMP / 3);
    sources.forEach((source) => source.stop(now + 4 * Player.RAMP));
  }

  seek(seconds) {
    const playing = this.playing;
    const to = Math.min(Math.max(seconds, 0), this.seconds * 0.9999);
    this.end();
    this.offset = to;
    if (playing) this.play();
  }

  hear(i) {
    this.audible = i;
    if (!this.take) return;
    const now = this.context.currentTime;
    this.take.gains.forEach(({ gain }, j) => {
      gain.cancelScheduledValues(now);
      // It approaches its goal from wherever it is: 95 % are reached after the ramp.
      gain.setTargetAtTime(Number(j === i), now, Player.RAMP / 3);
    });
  }

  repeat(loop) {
    if (this.take) {
      // Without a loop a source ends with the round it is in.
      this.take.sources.forEach((source) => { source.loop = loop; });
    }
    this.loop = loop;
  }
}
