// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package coveo

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Instant is a date in an answer. Coveo's documents say both Unix epoch milliseconds and RFC 3339, and null is common, so
// every form is read; what cannot be read is the zero time, like a date that is absent.
type Instant struct{ time.Time }

// The last two are how Java's older serializers print a date.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999"}

// UnmarshalJSON never fails: a date of an unknown form must not hide the object that carries it.
func (i *Instant) UnmarshalJSON(data []byte) error {
	i.Time = time.Time{}
	text := strings.Trim(string(data), `"`)
	if text == "" || text == "null" {
		return nil
	}
	if millis, err := strconv.ParseFloat(text, 64); err == nil {
		if !math.IsNaN(millis) && math.Abs(millis) < 1e15 && millis != 0 {
			i.Time = time.UnixMilli(int64(millis)).UTC()
		}
		return nil
	}
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			i.Time = at.UTC()
			return nil
		}
	}
	return nil
}

// Person is who did something. Older answers hold a string where newer ones hold an object.
type Person struct {
	Username    string
	DisplayName string
}

// UnmarshalJSON reads both forms and never fails.
func (p *Person) UnmarshalJSON(data []byte) error {
	var object struct {
		Username    string `json:"username"`
		DisplayName string `json:"displayName"`
		Email       string `json:"email"`
	}
	if json.Unmarshal(data, &object) == nil {
		*p = Person{Username: object.Username, DisplayName: object.DisplayName}
		if p.Username == "" {
			p.Username = object.Email
		}
		return nil
	}
	var text string
	if json.Unmarshal(data, &text) == nil {
		*p = Person{Username: text}
	}
	return nil
}

// counts is an open map from a kind of event to how many there are. Null and values that are no numbers are left out.
type counts map[string]int64

// UnmarshalJSON fails where the value is no object, and where it holds values but no number: that there is nothing must not
// be read out of what cannot be read.
func (c *counts) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	*c = counts{}
	unread := false
	for kind, value := range raw {
		if present(value) == nil {
			continue
		}
		number, err := strconv.ParseFloat(strings.Trim(string(value), `"`), 64)
		if err != nil || math.IsNaN(number) || number < 0 || number > math.MaxInt32*1e6 {
			unread = true
			continue
		}
		(*c)[kind] = int64(number)
	}
	if unread && len(*c) == 0 {
		return errors.New("no counts")
	}
	return nil
}

// present drops JSON's null, which Coveo's services send for fields that are not set.
func present(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	return raw
}
