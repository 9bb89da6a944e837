// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package dictionary

// meaning explains the columns that Coveo's documents and clients mention, under the names of its programming interface and
// those for people.
func meaning(column string) string { //nolint:gocyclo // a list
	switch plain(column) {
	case "userid", "user":
		return "The identifier under which the person was signed in, or one that stands for the browser if nobody was."
	case "username":
		return "The name under which the person was signed in, often an e-mail address."
	case "userdisplayname", "displayname":
		return "The name that the website showed for the person."
	case "visitorid", "clientid":
		return "An identifier that the website gave to the browser, kept in a cookie or in the browser's storage."
	case "visitid", "lastvisitid":
		return "A number for one visit: actions with the same number were made without a long pause between them."
	case "searchid", "searchqueryuid", "searchuid", "lastsearchid":
		return "A number for one search. Opened results carry the number of the search that they came from."
	case "clickid", "customeventid", "eventid", "id":
		return "A number for this row."
	case "datetime", "eventdatetime", "searchdatetime", "clickdatetime", "customeventdatetime", "eventdate", "date", "timestamp", "eventtime":
		return "When it happened."
	case "actioncause", "cause", "causev2", "searchcause", "clickcause":
		return "What led to it, in the website's own words, such as a typed search or a chosen filter."
	case "actiontype", "type":
		return "The kind of action."
	case "eventtype", "customeventtype":
		return "The kind of action, in the website's own words."
	case "eventvalue", "customeventvalue":
		return "What exactly the action was, in the website's own words."
	case "originlevel1", "searchhub", "hub", "origin", "origin1", "origin1pagehub":
		return "The part of the website, or the application, in which it happened."
	case "originlevel2", "tab", "origin2", "origin2tab":
		return "The tab or section in which it happened."
	case "originlevel3", "referrer", "origin3", "origin3referrer":
		return "The page that was visited before."
	case "origincontext":
		return "The kind of application in which it happened."
	case "querytext", "queryexpression", "query", "userquery":
		return "What was typed into the search box."
	case "advancedquery", "advancedqueryexpression":
		return "What the website added to the search, such as chosen filters."
	case "keyword", "keywords":
		return "One word of a search."
	case "group", "groups", "groupname", "usergroup", "usergroups":
		return "A group that the person belonged to."
	case "resultscount", "numberofresults", "results":
		return "How many results the search had."
	case "responsetime":
		return "How long the search took, in milliseconds."
	case "documenttitle", "title":
		return "The title of the result that was opened."
	case "documenturl", "documenturi", "url", "uri", "documenturihash", "urihash":
		return "The address of the result that was opened, or a number that stands for it."
	case "documentauthor", "author":
		return "Who wrote the result that was opened."
	case "documentposition", "rank", "clickrank", "documentrank":
		return "At which place in the list the opened result stood."
	case "sourcename", "documentsource", "source", "collectionname":
		return "The collection that the opened result came from."
	case "clickcount", "hasclick", "hasclicks":
		return "Whether, or how many times, a result of the search was opened."
	case "useragent":
		return "What the browser said about itself: its name, its version and the kind of device."
	case "browser", "browserversion", "browserandversion":
		return "The browser that was used."
	case "operatingsystem", "os", "osversion", "operatingsystemandversion":
		return "The operating system of the device."
	case "device", "devicecategory", "mobile", "devicetype":
		return "The kind of device that was used."
	case "language", "locale":
		return "The language that the website or the browser was set to."
	case "country", "region", "city", "userregion", "usercity", "usercountry":
		return "Roughly where the person was, worked out from the internet address of the connection."
	case "ip", "ipaddress", "userip":
		return "The internet address of the connection."
	case "anonymous", "isanonymous":
		return "Whether the website asked to record the action without a name."
	case "internal", "isinternal":
		return "Whether the action came from within the organization."
	case "trackingid":
		return "The website or property that recorded the action."
	case "splittestrunname", "splittestrunversion", "abtestname", "abtestversion":
		return "The experiment, and its variant, that the search was a part of."
	case "location", "pageurl", "pageuri":
		return "The address of the page that was viewed."
	case "contenttype", "contentidkey", "contentidvalue":
		return "What was viewed: the kind of content, or the number under which the website knows it."
	case "customdata":
		return "Further values that the website recorded along with the action."
	}
	return ""
}
