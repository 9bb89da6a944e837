// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import "errors"

// Why there is no snippet.
var (
	ErrLibrary = errors.New("there is no such library")
	ErrMode    = errors.New("there is no such mode")
)

// libraries has a snippet for each library and mode. It never changes.
var libraries = map[string]map[Mode]func() Snippet{
	"headless_legacy": {ModeAnonymous: headlessLegacyAnonymous, ModeDisabled: headlessLegacyDisabled},
	"headless_next":   {ModeAnonymous: nextAnonymous(headlessNextDisabled), ModeDisabled: headlessNextDisabled},
	"atomic_legacy":   {ModeAnonymous: atomicLegacyAnonymous, ModeDisabled: atomicDisabled},
	"atomic_next":     {ModeAnonymous: nextAnonymous(atomicDisabled), ModeDisabled: atomicDisabled},
	"jsf":             {ModeAnonymous: jsfAnonymous, ModeDisabled: jsfDisabled},
	"coveo_analytics": {ModeAnonymous: coveoAnalyticsAnonymous, ModeDisabled: coveoAnalyticsDisabled},
	"relay":           {ModeAnonymous: relayAnonymous, ModeDisabled: relayDisabled},
	"write_api":       {ModeAnonymous: writeAPIAnonymous, ModeDisabled: writeAPIDisabled},
}

// What is true of several libraries.
const (
	stillRecorded = "Events are recorded all the same, with the ID of the browser (clientId, visitor), which ties the events of one browser together for up to a year."
	hashOrAbsent  = "UNCERTAIN: Coveo's documents disagree on what it does to the name in a search token. One says that it is not taken, another that a hash of it is stored."
	otherFields   = "Fields of your own, such as customData, the words of a query and the address of the page, are sent as they are. Keep people out of them."
	futureOnly    = "Only future events are affected. Earlier ones stay until they are erased."
	storedID      = "What was stored before stays. When consent is withdrawn, delete the cookie coveo_visitorId and the local storage keys visitorId and __coveo.analytics.history as well."
	otherPages    = "Other pages, servers and libraries that log to the same organization are not affected."
	queriesStay   = "Queries are still sent, with what they need: the access token, the words of the query and the IP address reach Coveo."
)

func headlessLegacyAnonymous() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/headless_legacy.anonymous.js",
		Guarantees: []string{
			"Each event has anonymous set to true.",
			"No event has a username or a userDisplayName, even where the page gives one.",
			"Do Not Track and Global Privacy Control of the browser stop events altogether.",
		},
		DoesNotGuarantee: []string{
			stillRecorded, hashOrAbsent, otherFields, futureOnly,
			"It replaces an analyticsClientMiddleware of your own. Call yours from it if you have one.",
			"It moves an engine that is in next mode to legacy mode, and with it to the older endpoints.",
		},
	}
}

func headlessLegacyDisabled() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/headless.disabled.js",
		Guarantees: []string{
			"No event is sent.",
			"Queries have no object analytics and no actionsHistory.",
		},
		DoesNotGuarantee: []string{
			"engine.enableAnalytics(), or an option enabled that is set later, turns it on again.", storedID, queriesStay, otherPages, futureOnly,
		},
	}
}

func headlessNextDisabled() Snippet {
	s := headlessLegacyDisabled()
	s.Guarantees = append(s.Guarantees, "No query asks Coveo to record it (capture).")
	s.DoesNotGuarantee = append(s.DoesNotGuarantee,
		"A commerce engine still sends context, with capture set to false and without the ID of the browser.")
	return s
}

// nextAnonymous answers where anonymous has no effect, with what has.
func nextAnonymous(disabled func() Snippet) func() Snippet {
	return func() Snippet {
		s := disabled()
		s.EffectiveMode = ModeDisabled
		s.DoesNotGuarantee = append([]string{
			"In next mode the option anonymous has no effect: the display name, the ID of the browser and capture are sent all the same. So this turns analytics off.",
			"To keep events without names, use legacy mode and its snippet. Or stay in next mode, pass no userDisplayName, and search with a token that " +
				"stands for no user; then only the ID of the browser remains.",
			"In next mode Do Not Track and Global Privacy Control of the browser are ignored.",
		}, s.DoesNotGuarantee...)
		return s
	}
}

func atomicLegacyAnonymous() Snippet {
	s := headlessLegacyAnonymous()
	s.File = "snippets/atomic_legacy.anonymous.js"
	s.DoesNotGuarantee = append(s.DoesNotGuarantee,
		"Atomic has no attribute for it. With initializeWithSearchEngine the engine's own options count: use the snippet of headless_legacy.")
	return s
}

func atomicDisabled() Snippet {
	return Snippet{
		Language: "html", File: "snippets/atomic.disabled.html", Attributes: map[string]string{"analytics": "false"},
		Guarantees: []string{
			"No event is sent.",
			"Queries have no object analytics and no actionsHistory, and none asks Coveo to record it (capture).",
		},
		DoesNotGuarantee: []string{
			"The options of initialize win over the attribute: do not pass analytics.enabled there.",
			"With initializeWithSearchEngine the attribute is ignored: use the snippet of headless_legacy or headless_next.",
			"Setting the property analytics to true later turns it on again.",
			"Atomic 3 warns in the console that Atomic 4 will take no false in an attribute. Then, pass analytics: {enabled: false} to initialize.",
			"atomic-commerce-interface, atomic-insight-interface and atomic-recs-interface each take the same attribute.",
			storedID, queriesStay, otherPages, futureOnly,
		},
	}
}

func jsfAnonymous() Snippet {
	return Snippet{
		Language: "html", File: "snippets/jsf.anonymous.html", Attributes: map[string]string{"class": "CoveoAnalytics", "data-anonymous": "true"},
		Guarantees: []string{
			"Each event has anonymous set to true.",
			"Do Not Track and Global Privacy Control of the browser stop events altogether.",
		},
		DoesNotGuarantee: []string{
			"The framework does not take out a name that is given explicitly: set neither data-user nor data-user-display-name.",
			stillRecorded, hashOrAbsent, otherFields, futureOnly,
		},
	}
}

func jsfDisabled() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/jsf.disabled.js",
		Guarantees: []string{"No event is sent, because the page has no CoveoAnalytics element when the framework starts."},
		DoesNotGuarantee: []string{
			"It has to run before Coveo.init. Afterwards, Coveo.disableAnalytics(root) stops events, since version 2.7219, and Coveo.clearLocalData(root) clears what is stored.",
			"Code that posts events of its own, or loads coveo.analytics, is not stopped.",
			"Queries still have an object analytics, with the address of the page. The ID of the browser and actionsHistory in them are empty.",
			queriesStay, otherPages, futureOnly,
		},
	}
}

func coveoAnalyticsAnonymous() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/coveo_analytics.anonymous.js",
		Guarantees: []string{
			"Each event that goes through it has anonymous set to true, and no username or userDisplayName.",
			"Do Not Track and Global Privacy Control of the browser, as they are when the client is made, stop events altogether.",
		},
		DoesNotGuarantee: []string{
			"Events that do not go through it are as they were. On SearchPage, Insight and CaseAssist clients, the provider's getIsAnonymous marks each event, " +
				"and does not take out a name that is given explicitly.",
			"coveoua('set', 'userId', …) adds the field to every later event, also to those that went through it: do not call it.",
			"Hits of collect have no field anonymous, and a userId that was set is their uid. Call coveoua('set', 'anonymizeIp', '1') for a shortened IP address.",
			stillRecorded, hashOrAbsent, otherFields, futureOnly,
		},
	}
}

func coveoAnalyticsDisabled() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/coveo_analytics.disabled.js",
		Guarantees: []string{
			"No event is sent through coveoua, as long as the page does not load the script.",
			"No event is sent through clients that are made with these options.",
		},
		DoesNotGuarantee: []string{
			"A plain CoveoAnalyticsClient has no such option: do not make one.",
			"A client's enable() turns it on again.",
			"client.clear() drops the stored ID of the browser and its history, and client.deleteHttpOnlyVisitorId() the cookie that Coveo set.",
			otherPages, futureOnly,
		},
	}
}

func relayDisabled() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/relay.disabled.js",
		Guarantees: []string{"No event is sent."},
		DoesNotGuarantee: []string{
			"relay.updateConfig({mode: 'emit'}) turns it on again.",
			"Headless and Atomic have a Relay of their own, which their own options turn off.",
			storedID, otherPages, futureOnly,
		},
	}
}

func relayAnonymous() Snippet {
	s := relayDisabled()
	s.EffectiveMode = ModeDisabled
	s.DoesNotGuarantee = append([]string{
		"Relay has no option anonymous, and its events no such field. So this turns it off.",
		"Relay sends no name of its own. To keep its events without names, put none into their content, and use a token that stands for no user; then only " +
			"the ID of the browser remains.",
		"Relay ignores Do Not Track and Global Privacy Control of the browser.",
	}, s.DoesNotGuarantee...)
	return s
}

func writeAPIAnonymous() Snippet {
	return Snippet{
		Language: "json", File: "snippets/write_api.anonymous.json",
		Guarantees: []string{"An event with this field is marked as anonymous. It belongs into each search, click, custom and view event, and into each of a list of searches."},
		DoesNotGuarantee: []string{
			"It does not take out a name: send neither username nor userDisplayName. Coveo accepts them from a token with the privilege to impersonate.",
			"collect and the Event Protocol have no such field.",
			stillRecorded, hashOrAbsent, otherFields, futureOnly,
		},
	}
}

func writeAPIDisabled() Snippet {
	return Snippet{
		Language: "javascript", File: "snippets/write_api.disabled.js",
		Guarantees: []string{"What calls it sends nothing."},
		DoesNotGuarantee: []string{
			"The platform has no switch that refuses events. A key without the privilege to push analytics (ANALYTICS_DATA, EDIT) makes calls fail that are made all the same.",
			otherPages, futureOnly,
		},
	}
}
