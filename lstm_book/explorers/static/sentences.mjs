// The 256 sentences that the word model learnt from, as lstm_lib.tasks makes them, and how it reads with all of the
// reader's hands on it. tests/browser/test_words.py holds both to Python's.
import corpus from "./corpus.json" with { type: "json" };
import { networkTrace, softmax } from "./network.mjs";

export const NAMES = corpus.names;
export const PRAISE = Object.keys(corpus.deeds);

export const sentences = () => Object.entries(NAMES).flatMap(([name, his]) => Object.entries(corpus.deeds).flatMap(
  ([praise, deed]) => corpus.thanks.map((thanks) => `${name} ${deed} . ${thanks} ${praise} ${name} .`.replaceAll("{his}", his))));

// The same told of somebody else; without a name in it, the same again
export function toldOf(words, name) {
  const some = words.split(" ");
  const who = some.find((word) => Object.hasOwn(NAMES, word));
  if (!who) return words;
  const other = { [who]: name, [NAMES[who]]: NAMES[name] };
  return some.map((word) => (Object.hasOwn(other, word) ? other[word] : word)).join(" ");
}

// The steps of `state.words`; the output gates at the word looked at may be those of the same sentence told of another.
export function reading(model, state) {
  const read = (words, lent) => networkTrace(model, words.split(" ").map((word) => model.vocabulary.indexOf(word)), state, lent);
  if (!state.gates_of) return read(state.words);
  const t = state.at - 1;
  return read(state.words, { t, o: read(toldOf(state.words, state.gates_of))[t].o });
}

// In how many of the sentences the name asked for at the end is expected most, if what is done here at the word looked
// at and around it is done there at the word before the name
export function countRight(model, state) {
  return sentences().filter((text) => {
    const words = text.split(" ").slice(0, -2);
    const by = words.length - state.at;
    const forced = state.forced.map(([gate, cell, step, value]) => [gate, cell, step + by, value]).filter(([, , step]) => step > 0);
    const { y } = reading(model, { ...state, words: words.join(" "), at: words.length, forced }).at(-1);
    return model.vocabulary[y.indexOf(Math.max(...y))] === words[0];
  }).length;
}

// How probable every word is after the word looked at, had word number k (from 0) of those up to it not been read
export function withoutWord(model, state, k) {
  const words = state.words.split(" ").slice(0, state.at).filter((_, j) => j !== k);
  if (!words.length) return softmax(model.b_y);
  const forced = state.forced.filter(([, , step]) => step !== k + 1 && step <= state.at)
    .map(([gate, cell, step, value]) => [gate, cell, step - (step > k + 1), value]);
  return softmax(reading(model, { ...state, words: words.join(" "), at: words.length, forced }).at(-1).y);
}
