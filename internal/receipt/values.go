// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package receipt

import (
	"encoding/json"
	"fmt"
	"time"
)

// Text is a text that is null where it is empty.
type Text string

// MarshalJSON writes null for nothing.
func (t Text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// instantLayout is RFC 3339 in UTC, to the second.
const instantLayout = "2006-01-02T15:04:05Z"

// Instant is a second in UTC. The zero Instant is none, and null.
type Instant struct {
	at time.Time
}

// At is the second in which something happened, and none for the zero time.
func At(at time.Time) Instant {
	if at.IsZero() {
		return Instant{}
	}
	return Instant{at.UTC().Truncate(time.Second)}
}

// Time is the instant, zero for none.
func (i Instant) Time() time.Time { return i.at }

// IsZero tells whether there is none.
func (i Instant) IsZero() bool { return i.at.IsZero() }

// Equal tells whether two are the same.
func (i Instant) Equal(other Instant) bool { return i.at.Equal(other.at) }

// String is the instant as it is written, empty for none.
func (i Instant) String() string {
	if i.IsZero() {
		return ""
	}
	return i.at.Format(instantLayout)
}

// MarshalJSON writes null for none.
func (i Instant) MarshalJSON() ([]byte, error) { return Text(i.String()).MarshalJSON() }

// UnmarshalJSON reads what MarshalJSON writes.
func (i *Instant) UnmarshalJSON(data []byte) error {
	var text *string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	if text == nil {
		*i = Instant{}
		return nil
	}
	at, err := time.Parse(instantLayout, *text)
	if err != nil {
		return fmt.Errorf("an instant is not of the form %s", instantLayout)
	}
	*i = Instant{at}
	return nil
}
