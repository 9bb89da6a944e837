// Spread this last into the options of initialize, after your own:
// searchInterface.initialize({…, analytics: {…yours, ...analytics}})
const analytics = {
  analyticsMode: 'legacy',
  anonymous: true,
  userDisplayName: undefined,
  // The library keeps a name that was given explicitly, so it is taken out of each event here.
  analyticsClientMiddleware: (_type, {username, userDisplayName, ...event}) => event,
};
