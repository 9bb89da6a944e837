// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/approval"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/diagnose"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/person"
)

// message is a diagnostic in the making. Every summary names the case, because Terraform folds equal summaries into one.
type message struct {
	attribute       string // empty for the whole resource
	summary, detail string
}

// irreversible is what a reviewer reads before an erasure.
func irreversible(label string, d Decision, preview coveo.Overview, previewErr error) message {
	n := len(d.Send)
	var b strings.Builder
	if all := len(d.Planned.Identifiers); n < all {
		fmt.Fprintf(&b, "Applying this plan asks Coveo to delete all usage analytics of %d of the %d identifiers of %s", n, all, label)
	} else {
		fmt.Fprintf(&b, "Applying this plan asks Coveo to delete all usage analytics of %s of %s", plural(int64(n), "identifier"), label)
	}
	if previewErr == nil {
		fmt.Fprintf(&b, ": %s now%s.", plural(preview.Total, "event"), kinds(preview.Stats))
	} else {
		b.WriteString(". How much that is cannot be shown: " + previewProblem(previewErr) + ".")
	}
	b.WriteString(" It cannot be undone or cancelled, is complete within 28 days, and may change dashboards and reports; " +
		"queries-per-month figures stay. Exports already made are not touched.")
	if d.Further > 0 {
		fmt.Fprintf(&b, "\n\nThe vault names %s more that this request does not cover; change triggers once it is complete.", plural(int64(d.Further), "identifier"))
	}
	b.WriteString("\n\nShould Terraform stop beside this with \"Provider produced inconsistent final plan\", the vault names others than the " +
		"reviewed plan did, or a gate has moved since. Nothing was sent for this case then: make and review a new plan.")
	return message{summary: "Irreversible erasure: " + label, detail: b.String()}
}

func previewProblem(err error) string {
	switch {
	case errors.Is(err, coveo.ErrTokenUnknown):
		return "the provider's access_token is not known yet"
	case coveo.IsRefused(err):
		return "the token may not read overviews (it lacks the privilege \"Analytics – Administrate: Allowed\"), so an erasure is not verified either"
	}
	return "the overview could not be read (" + brief(err) + ")"
}

// noticeMessage is what the plan remarks on a decision that sends nothing.
func noticeMessage(label string, d Decision, reason error, limits Limits) (message, bool) {
	switch d.Notice {
	case NoticeWaits:
		return message{summary: "Erasure waits: " + label, detail: "Nothing is sent to Coveo for " + label + ". " + gatesText(d.Planned.Review, d.Gates, limits)}, true
	case NoticeNotNamed:
		text := "the vault does not know the case, as it is once a case is closed. Put it back, or remove this record"
		if reason != nil {
			text = reason.Error()
		}
		return message{summary: "Erasure waits: " + label, detail: "Nothing is sent to Coveo for " + label + ": " + text + "."}, true
	case NoticeSimulated:
		return message{summary: "Erasure simulated: " + label, detail: "The provider simulates: every gate of " + label + " is open, and " +
			plural(int64(len(d.Planned.Identifiers)), "identifier") + " would be erased. Nothing is sent. The first run without erasure.simulate erases."}, true
	case NoticeAbandoned:
		return message{summary: "Erasure incomplete and abandoned: " + label, detail: fmt.Sprintf("Coveo was not seen to accept %s of %s, and they "+
			"can no longer be named: the case or the identifiers have left the vault, or the digest key was retired. To finish, put back "+
			"what is missing.", plural(int64(len(d.Planned.missing())), "identifier"), label)}, true
	case NoticeFurther:
		return message{summary: "Identifiers not erased: " + label, detail: fmt.Sprintf("The vault names %s of %s that no request of this record "+
			"covers. To erase everyone whom it names now, change triggers; nothing is sent until then.", plural(int64(d.Further), "further identifier"), label)}, true
	case NoticeUnknown:
		return message{summary: "Erasure decided at apply: " + label, detail: "Whether anything is sent for " + label + " depends on what is known only " +
			"after apply: a value in triggers, or the provider's access_token where max_events, require_found or require_no_exports ask Coveo. A policy " +
			"should refuse a plan whose runs is unknown."}, true
	case NoticeReverted:
		return message{summary: "Erasure request withdrawn: " + label, detail: "triggers is as it was for the last executed request of " + label +
			", so the record returns to that request's status. Nothing is sent."}, true
	}
	return message{}, false
}

// gatesText says for each shut gate what would open it.
func gatesText(review Review, gates GateState, limits Limits) string {
	uncounted := ""
	if gates.CountProblem != nil {
		uncounted = "the events cannot be counted: " + previewProblem(gates.CountProblem)
	}
	var parts []string
	for _, gate := range gates.Shut {
		switch gate {
		case GateSimulate:
			parts = append(parts, "The gate simulate is shut: the provider's erasure.simulate is true, and this record ran before. Remove it there to open the gate.")
		case GateLegalHold:
			parts = append(parts, "The gate legal_hold is shut: a legal hold is on at least one of its identifiers. It opens when the hold is lifted: "+
				"taken out of legal_holds in the provider block, and out of the runner's policy file.")
		case GateHoldUnchecked:
			parts = append(parts, "The gate hold_unchecked is shut: legal holds are required to be checked, and none are declared, or one of them was made "+
				"under a digest key that is not among digest_keys. Declare legal_holds (an empty list says that there are none), or put that key back.")
		case GateApprovals:
			parts = append(parts, approvalsText(review))
		case GateNotBefore:
			parts = append(parts, "The gate not_before is shut until "+limits.NotBefore.UTC().Format(time.RFC3339)+"; a plan made after that opens it.")
		case GateMaxEvents:
			if uncounted != "" {
				parts = append(parts, "The gate max_events is shut: "+uncounted+". It opens when they can be.")
				continue
			}
			parts = append(parts, fmt.Sprintf("The gate max_events is shut: there are %s, and max_events allows %s. Review the overview, then raise "+
				"max_events or correct the vault.", plural(valueOf(gates.Events), "event"), itoa(valueOf(limits.MaxEvents))))
		case GateRequireFound:
			if uncounted != "" {
				parts = append(parts, "The gate require_found is shut: "+uncounted+". It opens when one is seen.")
				continue
			}
			parts = append(parts, "The gate require_found is shut: none of the identifiers has events. Check the identifiers in the vault, or remove require_found.")
		case GateExportsLeft:
			if gates.ExportsProblem != nil {
				parts = append(parts, "The gate exports_left is shut: whether exports are left cannot be seen: "+exportsProblem(gates.ExportsProblem)+". It opens when it can be, and none is.")
				continue
			}
			parts = append(parts, fmt.Sprintf("The gate exports_left is shut: %s left of this case in Coveo, which an erasure does not touch. Remove what nobody needs "+
				"any more, by destroying its coveo_user_data_export or in the administration console; the data source coveo_exports lists it. A plan made after that "+
				"opens the gate.", exportsAre(gates.ExportsLeft)))
		default:
			parts = append(parts, "The gate "+gate+" is shut.")
		}
	}
	return strings.Join(parts, " ")
}

func exportsAre(n int) string {
	if n == 1 {
		return "1 export is"
	}
	return itoa(int64(n)) + " exports are"
}

func exportsProblem(err error) string {
	if coveo.IsRefused(err) {
		return "the token may not read exports (it lacks the privilege \"Analytics – Data exports: View\")"
	}
	var e *coveo.Error
	if !errors.As(err, &e) && !coveo.IsCanceled(err) {
		return err.Error()
	}
	return "the exports could not be read (" + brief(err) + ")"
}

func approvalsText(review Review) string {
	if review.Statement == "" {
		return fmt.Sprintf("The gate approvals is shut: %s must approve, and there is nothing to sign yet. Set approvals_expire_at, have "+
			"approval_statement signed, and add the signatures as approvals.", plural(review.RequiredApprovals, "person"))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The gate approvals is shut: %d of %d required people have approved. Sign the exact bytes of approval_statement with: "+
		"ssh-keygen -Y sign -n %s -f <key> <file>; and add the signature as an approval.", len(review.ApprovedBy), review.RequiredApprovals, approval.Namespace)
	for _, rejection := range review.rejected {
		fmt.Fprintf(&b, "\nThe approval of %s does not count: %s.", strconv.Quote(rejection.Approver), rejection.Reason)
	}
	return b.String()
}

// lateMessage says that the law's date is near or past. Nothing is refused for being late.
func lateMessage(label string, review Review) message {
	return message{summary: "Erasure is late: " + label, detail: "Coveo takes up to 28 days, so the erasure of " + label + " had to be sent by " + review.SubmitBy +
		" to be complete by " + review.DueAt + ", when the request is due. Sending it later is still better than not at all; whether the " +
		"deadline can be extended is a question for your privacy counsel."}
}

// refusalMessage is why nothing is planned.
func refusalMessage(label string, r Refusal) message {
	reason := ""
	if r.Reason != nil {
		reason = ": " + r.Reason.Error()
	}
	switch r.Kind {
	case RefuseNotInVault:
		return message{person.SubjectAttribute, "Case not in the vault: " + label, "The vault does not know " + label + ", so nobody can be erased. Add the " +
			"case with its identifiers to the vault, or correct the reference."}
	case RefuseVault:
		return message{person.SubjectAttribute, "Case cannot be resolved: " + label, "Whom " + label + " names cannot be told" + reason + "."}
	case RefuseKeys:
		return message{"", "Digest key missing", "An erasure is recorded by digests of the identifiers" + reason + "."}
	case RefuseSomeoneElse:
		return message{person.SubjectAttribute, "Record names someone else now: " + label, "The record holds what was done for other identifiers than those " +
			"that are named now, and shares none with them. A record is evidence of one case: add a new resource for the new one, and put " +
			"back what this one named."}
	case RefuseNotComparable:
		return message{person.SubjectAttribute, "Record cannot be compared: " + label, "subject or user_ids has changed, and whether that still means the " +
			"people of this record cannot be told, because the case or the record's digest key is gone" + reason + ". Put back what this " +
			"record named, or add a new resource."}
	case RefuseTriggersUnnamed:
		return message{"triggers", "Case not in the vault: " + label, "triggers asks to erase " + label + " again, and the vault does not know the case" + reason +
			". Put it back into the vault, or put triggers back."}
	case RefuseTriggersNoKey:
		return message{"triggers", "Digest key retired: " + label, "triggers asks to erase " + label + " again, and the digest key of its record is gone, so it " +
			"cannot be told whether the same people are meant. Put the key back, put triggers back, or add a new resource."}
	}
	return message{"", "Record not understood: " + label, "The record has a status that this release does not know, so nothing is done with it. Use the " +
		"release that wrote it, or a newer one."}
}

func conflictMessage(c Conflict) message {
	switch {
	case !c.SamePerson && c.Both:
		return message{"", "Case named twice: " + c.Created, "Two resources name " + c.Created + ". Keep one of them."}
	case !c.SamePerson:
		return message{"", "Case already has a record: " + c.Created, "A resource would erase " + c.Created + " while a record of it exists, so it would be erased " +
			"again. This happens with -replace, replace_triggered_by, a tainted record (terraform untaint clears it), or an " +
			"instance that was renamed without a moved block. To erase again on purpose, change triggers of the existing record."}
	case c.Both:
		return message{"", "One person in two cases: " + c.Created, "The cases " + c.Created + " and " + c.Other + " name the same identifier. Keep it in one of " +
			"them, so that it is erased once."}
	}
	return message{"", "Person has an open record: " + c.Created, "The case " + c.Created + " names an identifier of " + c.Other + ", whose erasure is not finished. " +
		"Wait until that record is, or leave the identifier to it."}
}

func replacedMessage(label string) message {
	return message{"", "Record would be replaced: " + label, "Replacing the record of " + label + " would erase again and destroy its evidence. This happens with " +
		"-replace and replace_triggered_by. To erase again on purpose, change triggers."}
}

func overrunMessage(label string, o Overrun) message {
	if o.Other != "" {
		return message{"", "One person in two runs: " + label, label + " and " + o.Other + " would both erase the same identifier in this run. Take it out of one of them."}
	}
	return message{"", "Too many erasures in one run: " + label, fmt.Sprintf("This run would erase at least %d cases, and the provider allows %d "+
		"(erasure.max_per_run). If so many are meant, raise the limit; otherwise see what the plan would erase, and apply it in parts with -target.", o.Cases, o.Max)}
}

// outcomeMessage tells what was not accepted.
func outcomeMessage(label string, record Record, accepted int, err error) message {
	var gate errGate
	if errors.As(err, &gate) {
		return message{"", "Erasure stopped: " + label, "Nothing was sent for " + label + ": a gate has shut since the plan (" + join(gate.shut) + "). Make a new plan."}
	}
	if accepted == 0 {
		return message{"", "Erasure not accepted: " + label, "Coveo was not seen to accept anything for " + label + ", so nothing more is recorded. A request whose answer was lost may " +
			"have been accepted all the same. The next apply asks again.\n\n" + failuresText(err)}
	}
	return message{"", "Erasure incomplete: " + label, fmt.Sprintf("Coveo accepted %s of %s; %s still to be accepted. The next apply asks for those "+
		"only.\n\n%s", plural(int64(accepted), "identifier"), label, areIs(len(record.missing())), failuresText(err))}
}

// removedMessage tells what destroying a record does and does not.
func removedMessage(label string, record Record) message {
	text := "The record of " + label + " and its evidence leave the state. Coveo is asked for nothing"
	switch {
	case record.Status == Waiting && record.Runs == 0, record.Status == Simulated:
		text += ", and was not before: nothing of " + label + " was erased."
	default:
		text += ": what it was asked to erase stays erased. Keep a copy of the state while the evidence is needed."
	}
	return message{"", "Erasure record removed: " + label, text}
}

// unverifiedMessage tells why a record could not be looked at.
func unverifiedMessage(label string, err error) message {
	if errors.Is(err, coveo.ErrTokenUnknown) {
		return message{"", "Erasure not looked at: " + label, "The provider's access_token is not known yet, so the record is kept as it is."}
	}
	return message{"", "Erasure not looked at: " + label, "How far the erasure of " + label + " is cannot be seen now, and the record is kept as it is where nothing else " +
		"follows from that.\n\n" + diagnose.Text(err)}
}

// attentionMessage asks for a person, for the statuses that no further run settles.
func attentionMessage(label string, record Record) message {
	summary := "Erasure needs attention: " + label
	switch record.Status {
	case StillVisible:
		return message{"", summary, "After " + record.ExpectedBy.Format(time.DateOnly) + ", by which Coveo says to be done, events of " + label + " are visible. The deletion " +
			"may be unfinished, or there was new activity since; the API cannot tell the two apart. To erase again, change triggers; " +
			"otherwise ask Coveo's support."}
	case Reappeared:
		return message{"", summary, "Events of " + label + " are visible after none were: the person, or a browser of theirs, was active since the erasure. To erase those too, " +
			"change triggers."}
	case Unverified:
		return message{"", summary, "The date by which Coveo says to be done has passed, and the token may not read overviews, so nobody has seen whether it is. Use a " +
			"token with the privilege \"Analytics – Administrate: Allowed\" for one refresh."}
	}
	return message{"", summary, "The record has the status " + string(record.Status) + "."}
}

// failuresText explains each different failure once.
func failuresText(err error) string {
	failures := []error{err}
	// This is how errors.Join is taken apart.
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		failures = joined.Unwrap()
	}
	var texts []string
	for _, failure := range failures {
		if text := diagnose.Text(failure); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n\n")
}

func areIs(n int) string {
	if n == 1 {
		return "1 is"
	}
	return itoa(int64(n)) + " are"
}

// kinds lists counts, the largest first: " (900 search, 300 click)".
func kinds(stats map[string]int64) string {
	names := make([]string, 0, len(stats))
	for kind, count := range stats {
		if count != 0 {
			names = append(names, kind)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.SortFunc(names, func(a, b string) int {
		if stats[a] != stats[b] {
			return int(min(max(stats[b]-stats[a], -1), 1))
		}
		return strings.Compare(a, b)
	})
	for i, kind := range names {
		names[i] = itoa(stats[kind]) + " " + kind
	}
	return " (" + strings.Join(names, ", ") + ")"
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}

// itoa writes 1204 as 1,204.
func itoa(n int64) string {
	text := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(text) - 3; i > start; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func valueOf(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func join(gates []string) string { return strings.Join(gates, ", ") }
