// Spread this last into the options of createRelay, after your own: createRelay({…yours, ...relayOptions})
const relayOptions = {
  mode: 'disabled',
};
