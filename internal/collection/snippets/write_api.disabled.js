// Put this in place of the function that posts events. The Write API has no switch: only a call that is not made records nothing.
const logEvent = async () => {};
