// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"fmt"
	"strings"
)

// statement says in words what a receipt claims. Coveo's API answers that it took a request, and shows counts; it never
// says that something was erased, and so neither does this.
func statement(r Receipt) string {
	switch r.Kind {
	case Erasure:
		return accepted(r)
	case Verification:
		return seen(r)
	case Simulation:
		return "This is a rehearsal. Nothing was sent to Coveo and nothing was erased; this document is no evidence of an erasure."
	}
	return ""
}

// accepted is what an erasure's receipt claims.
func accepted(r Receipt) string {
	taken := 0
	for _, i := range r.Identifiers {
		if i.accepted() {
			taken++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Coveo accepted the request to delete the usage analytics of %s, each at its requested_at, the last at %s. ",
		share(taken, len(r.Identifiers)), r.RequestedAt)
	if taken < len(r.Identifiers) {
		b.WriteString("For the others no acceptance was seen, which does not tell whether Coveo received the request. ")
	}
	b.WriteString(notFound(r))
	b.WriteString("The provider makes no claim that anything has been deleted: the answer says that the request was taken, and Coveo may take until " +
		"expected_by to act on it. ")
	b.WriteString(scope)
	return b.String()
}

// notFound tells of the identifiers that there was nothing to see of.
func notFound(r Receipt) string {
	n := 0
	for _, i := range r.Identifiers {
		if i.Status == "not_found_before" {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Of %s no event was visible when the request was made, or Coveo answered that it does not know the user. ", share(n, len(r.Identifiers)))
}

// scope is what the API neither erases nor shows.
const scope = "Nothing is claimed about exports already made, data shares, backups, models, or activity after the request."

// seen is what a verification's receipt claims.
func seen(r Receipt) string {
	people := share(len(r.Identifiers), len(r.Identifiers))
	var b strings.Builder
	switch r.Status {
	case "zero_observed":
		fmt.Fprintf(&b, "No usage analytics event of %s was visible in Coveo's live API when each was last looked at; this was first so of all at %s. "+
			"It is what the API showed, and no proof of deletion. ", people, r.VerifiedAt)
		b.WriteString(notFound(r))
	case "still_visible":
		fmt.Fprintf(&b, "At %s, after expected_by, usage analytics events of at least one of %s were visible in Coveo's live API. "+
			"The API cannot tell an unfinished deletion from new activity. ", r.VerifiedAt, people)
	case "reappeared":
		fmt.Fprintf(&b, "At %s, usage analytics events of at least one of %s were visible in Coveo's live API, of which none had been visible since the request. "+
			"The API cannot tell new activity from data that came back. ", r.VerifiedAt, people)
	case "unverified":
		fmt.Fprintf(&b, "At %s, after expected_by, Coveo refused a look at at least one of %s. What remains was not seen, and nothing is claimed about it. ",
			r.VerifiedAt, people)
	default:
		return ""
	}
	b.WriteString(scope)
	return b.String()
}

// share counts identifiers among all of a record.
func share(n, of int) string {
	switch {
	case n == of && of == 1:
		return "1 identifier"
	case n == of:
		return fmt.Sprintf("%d identifiers", of)
	case of == 1:
		return fmt.Sprintf("%d of 1 identifier", n)
	}
	return fmt.Sprintf("%d of %d identifiers", n, of)
}
