// Wrap each search, click, custom and view event in this:
// coveoua('send', 'view', mask({…})) or client.sendSearchEvent(mask({…}))
const mask = ({username, userDisplayName, ...event}) => ({...event, anonymous: true});
