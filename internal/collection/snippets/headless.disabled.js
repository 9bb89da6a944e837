// Spread this last into the engine's options, after your own:
// buildSearchEngine({configuration: {…, analytics: {…yours, ...analytics}}})
const analytics = {
  enabled: false,
};
