// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package erasure

// Want is what the configuration asks for now.
type Want struct {
	Case string
	// Known tells whether IDs were resolved; without it, Problem says why, and nil means that the vault does not know the case.
	Known   bool
	IDs     []string
	Problem error
	// Renamed tells that subject or user_ids differ from the record's.
	Renamed bool

	Triggers        map[string]string
	TriggersUnknown bool
}

// Keys is the part of the digest keyring that a decision needs.
type Keys interface {
	Has(keyID string) bool
	Current() string
	Digest(keyID, id string) string
}

// Situation is all that a decision depends on.
type Situation struct {
	// Record is what state holds, nil when there is none.
	Record *Record
	Want   Want
	// Keys is nil when there is none; KeysProblem says why.
	Keys        Keys
	KeysProblem error
	// Simulate rehearses records that never ran, and shuts a gate for the others.
	Simulate bool
	// Review gathers what a reviewer reads of a request: its number, and the digests that it is about.
	Review func(number int64, digests []string) Review
	// Gates looks at the gates for identifiers that would be sent. It is asked at most once, and only when nothing but the
	// gates stands between the record and Coveo, because some of them cost requests.
	Gates func(review Review, ids []string) GateState
}

// GateState is how the gates stand.
type GateState struct {
	// Shut names the gates that are shut.
	Shut []string
	// Unknown means that some can be looked at only when applying.
	Unknown bool
	// Events is what a counting gate saw, and CountProblem why it saw nothing, for messages.
	Events       *int64
	CountProblem error
	// ExportsLeft is how many exports of the person a gate saw, and ExportsProblem why it saw none.
	ExportsLeft    int
	ExportsProblem error
}

// Decision is what happens to a record.
type Decision struct {
	// Row is the row of the decision table in the documentation.
	Row int
	// Refusal stops the plan; nothing else is set then.
	Refusal *Refusal
	// Send maps the digests that applying sends to their identifiers. Only rows 1, 4, 6 and 11 have any.
	Send map[string]string
	// Planned is the record as it will be, apart from what sending brings.
	Planned Record
	// Unknown means that it is open until apply whether anything is sent.
	Unknown bool
	// Notice says what a person should know.
	Notice Notice
	// Gates is how the gates stood, where they were looked at.
	Gates GateState
	// Further counts named identifiers that the record does not cover.
	Further int
}

// Notice is a kind of remark on a decision.
type Notice string

// The notices.
const (
	NoNotice        Notice = ""
	NoticeErase     Notice = "erase"
	NoticeWaits     Notice = "waits"
	NoticeNotNamed  Notice = "not named"
	NoticeSimulated Notice = "simulated"
	NoticeAbandoned Notice = "abandoned"
	NoticeFurther   Notice = "further"
	NoticeUnknown   Notice = "unknown"
	NoticeReverted  Notice = "reverted"
)

// Refusal is why nothing is planned.
type Refusal struct {
	Kind   RefusalKind
	Reason error // what the vault or the keyring said, where that is the cause
}

// RefusalKind is the kind of a refusal.
type RefusalKind string

// The kinds of refusals that a decision makes.
const (
	RefuseNotInVault       RefusalKind = "not in the vault"
	RefuseVault            RefusalKind = "vault unusable"
	RefuseKeys             RefusalKind = "no digest key"
	RefuseSomeoneElse      RefusalKind = "someone else"
	RefuseNotComparable    RefusalKind = "not comparable"
	RefuseTriggersUnnamed  RefusalKind = "triggers without a case"
	RefuseTriggersNoKey    RefusalKind = "triggers without the record's key"
	RefuseStatusNotInTable RefusalKind = "status not in the table"
)
