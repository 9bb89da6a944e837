// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/coveo-privacy/terraform-provider-coveo/internal/coveo"
	"github.com/coveo-privacy/terraform-provider-coveo/internal/privilege"
)

// privileges asks what the tokens may do, in the two ways there are.
func (t *trial) privileges(ctx context.Context) error {
	mine, err := t.keys.MyPrivileges(ctx)
	if err != nil {
		return err
	}
	t.note("privileges/me", "checks of a token", "%s, %d privileges", t.keysTap.answer().word(), len(mine))
	t.note("spelling of a privilege without levels, in privileges/me", "all spellings are one; the level is ignored", "%s",
		typelessForm(t.keysTap.answer().body))
	var answers []string
	for _, wanted := range []struct {
		client *coveo.Client
		tap    *tap
		right  coveo.Privilege
	}{
		{t.keys, t.keysTap, coveo.Privilege{Owner: "PLATFORM", TargetDomain: "API_KEY", Type: "CREATE", TargetID: "*"}},
		{t.people, t.peopleTap, coveo.AdministrateAnalytics()},
		{t.people, t.peopleTap, coveo.DeleteUserAnalytics()},
	} {
		evaluation, err := wanted.client.EvaluatePrivilege(ctx, wanted.right)
		if err != nil {
			return err
		}
		form := "object"
		if report := fields(wanted.tap.answer().body)["evaluationReport"]; len(report) > 0 && report[0] == '"' {
			form = "bare text"
		}
		answers = append(answers, fmt.Sprintf("%s: approved=%t %v (report: %s)", privilege.String(wanted.right), evaluation.Approved, evaluation.Codes, form))
	}
	t.note("privilege evaluation", "only `approved` counts", "%s", strings.Join(answers, "; "))
	return nil
}

// typelessForm tells how a list of privileges spells one that has no levels.
func typelessForm(body []byte) string {
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &list) != nil {
		return "not a list"
	}
	for _, p := range list {
		var domain string
		_ = json.Unmarshal(p["targetDomain"], &domain)
		if domain != "ADMINISTRATE" && domain != "DELETE_USER_ANALYTICS_DATA" {
			continue
		}
		level := ""
		if raw, ok := p["level"]; ok {
			level = ", level " + string(raw)
		}
		if raw, ok := p["type"]; ok {
			return "type " + string(raw) + level
		}
		return "type absent" + level
	}
	return "no such privilege in the list"
}

// keyPrivileges asks what a key may hold.
func (t *trial) keyPrivileges(ctx context.Context) error {
	a, err := send(ctx, http.MethodGet, t.platform("/privileges/apikeys?filter=CUSTOM"), t.token, nil)
	if err != nil {
		return err
	}
	var list []coveo.Privilege
	observed := a.word()
	levels := "not told"
	if a.status == http.StatusOK && json.Unmarshal(a.body, &list) == nil {
		manages := slices.ContainsFunc(list, func(p coveo.Privilege) bool { return p.Owner == "PLATFORM" && p.TargetDomain == "API_KEY" })
		observed = fmt.Sprintf("%t, by the list of what keys may hold (%d privileges)", manages, len(list))
		var kinds []string
		for _, p := range list {
			if p.TargetDomain == "EXPORTS" {
				kinds = append(kinds, p.Type)
			}
		}
		slices.Sort(kinds)
		levels = strings.Join(slices.Compact(kinds), ", ")
	}
	t.note("may a key manage keys", "any bearer is accepted; a refusal names the privilege", "%s", observed)
	t.note("levels of the exports privilege", "the duty `export` asks for VIEW, EDIT and CREATE", "%s", levels)
	kind := "no API key (it does not start with xx)"
	if strings.HasPrefix(t.token, "xx") {
		kind = "an API key, or looks like one"
	}
	t.note("token that this ran with", "any bearer", "%s", kind)
	return nil
}

// keyLife makes a key that opens nothing, looks at it in every way the provider does, and deletes it.
func (t *trial) keyLife(ctx context.Context) (err error) {
	const description = "made by testlive, may be deleted"
	name := "testlive " + uuid()
	created, err := t.keys.CreateAPIKey(ctx, coveo.NewAPIKey{
		DisplayName: name, Description: description, Enabled: false,
		Privileges: []coveo.Privilege{coveo.AdministrateAnalytics()}, Lifetime: "P1D",
	})
	if created != nil && created.ID != "" {
		defer func() {
			// Whatever happened, and also after Ctrl-C.
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if deleteErr := t.keys.DeleteAPIKey(grace, created.ID); deleteErr != nil {
				err = fmt.Errorf("the key %q was NOT deleted, remove it by hand: %w", name, deleteErr)
				return
			}
			t.note("deletion of a key", "404 is success", "%s", t.keysTap.answer().word())
		}()
	}
	if err != nil {
		if coveo.IsOutcomeUnknown(err) {
			err = fmt.Errorf("a key with the display name %q may exist, remove it by hand: %w", name, err)
		}
		return err
	}
	raw := fields(t.keysTap.answer().body)
	t.note("creating a key", "the value is taken from this answer only", "%s, value complete: %t, enabled: %s, status %s", t.keysTap.answer().word(),
		created.HasFullValue(), raw["enabled"], raw["status"])
	t.note("form of a date", "both forms; null and absent are unset", "createdDate %s, expirationDate %s", dateForm(raw["createdDate"]), dateForm(raw["expirationDate"]))

	read, err := t.readNew(ctx, created.ID)
	if err != nil {
		return err
	}
	raw = fields(t.keysTap.answer().body)
	t.note("spelling of a privilege without levels, in a key", "all spellings are one", "%s", typelessForm(raw["privileges"]))
	t.note("masked form of a value", "whatever holds an asterisk is a mask, and never replaces the value in state", "%s", shape(read.Value))
	t.note("createdBy", "both forms", "%s", jsonKind(raw["createdBy"]))

	listed, err := t.keys.ListAPIKeys(ctx)
	if err != nil {
		return err
	}
	inList := slices.ContainsFunc(listed, func(k coveo.APIKey) bool { return k.ID == created.ID })
	t.note("a new key in the list", "one that is missing there is read once more before it counts as gone", "listed at once: %t (%d keys)", inList, len(listed))

	t.keyAccess(ctx, created.ID)

	// The PUT leaves the description out on purpose.
	a, err := send(ctx, http.MethodPut, t.platform("/apikeys/"+url.PathEscape(created.ID)), t.token, map[string]any{"displayName": name})
	if err != nil {
		return err
	}
	put := a.word()
	if a.status < 300 {
		if read, err = t.keys.GetAPIKey(ctx, created.ID); err != nil {
			return err
		}
		switch read.Description {
		case description:
			put += ", an omitted field is kept"
		case "":
			put += ", an omitted field is cleared"
		default:
			put += ", an omitted field has become something else"
		}
	}
	t.note("omitted fields in a PUT", "the whole object is sent", "%s", put)
	if err := t.keyConfiguration(ctx, created.ID, name); err != nil {
		return err
	}

	a, err = send(ctx, http.MethodGet, t.platform("/apikeys/"+strings.ReplaceAll(uuid(), "-", "")[:26]), t.token, nil)
	if err != nil {
		return err
	}
	t.note("status of a missing key", "404 and 410 mean gone; 403 is confirmed by the list", "%s", a.word())
	return nil
}

// keyConfiguration pins the identity of a key's events, and looks whether that, and a field that no document has, is kept.
func (t *trial) keyConfiguration(ctx context.Context, id, name string) error {
	a, err := send(ctx, http.MethodPut, t.platform("/apikeys/"+url.PathEscape(id)), t.token, map[string]any{
		"displayName": name, "additionalConfiguration": map[string]any{
			"analytics": map[string]any{"event": map[string]any{"userId": "testlive"}}, "testlive": true,
		},
	})
	if err != nil {
		return err
	}
	observed := a.word()
	if a.status < 300 {
		read, err := t.keys.GetAPIKey(ctx, id)
		if err != nil {
			return err
		}
		_, kept := fields(read.AdditionalConfiguration)["testlive"]
		observed += fmt.Sprintf(", pinned identity read back: %t, unknown field kept: %t", read.Configuration().EventUserID == "testlive", kept)
	}
	t.note("additional configuration of a key", "what is not known is sent back as it came", "%s", observed)
	templates, err := send(ctx, http.MethodGet, t.platform("/templates/apikeys"), t.token, nil)
	if err != nil {
		return err
	}
	var list []coveo.APIKeyTemplate
	observed = templates.word()
	if templates.status == http.StatusOK && json.Unmarshal(templates.body, &list) == nil {
		erasing := slices.ContainsFunc(list, func(one coveo.APIKeyTemplate) bool { return privilege.MayErase(one.Privileges) })
		observed += fmt.Sprintf(", %d templates, one of them may erase: %t", len(list), erasing)
	}
	t.note("templates of keys", "a template is read before a key is made of it", "%s", observed)
	return nil
}

// readNew reads a key that was just made, which may take a moment to be there.
func (t *trial) readNew(ctx context.Context, id string) (*coveo.APIKey, error) {
	for attempt := 1; ; attempt++ {
		read, err := t.keys.GetAPIKey(ctx, id)
		if err == nil {
			t.note("a new key when read", "404 right after creating is tried again for a few seconds", "there at read %d", attempt)
			return read, nil
		}
		if !coveo.IsNotFound(err) || attempt == 10 {
			return nil, err
		}
		if err := pause(ctx, min(t.interval, time.Second)); err != nil {
			return nil, err
		}
	}
}

func dateForm(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return "absent"
	case string(raw) == "null":
		return "null"
	case raw[0] == '"':
		return "text (RFC 3339)"
	}
	return fmt.Sprintf("number of %d digits", len(raw))
}

func jsonKind(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return "absent"
	case raw[0] == '"':
		return "bare text"
	case raw[0] == '{':
		return "object"
	}
	return string(raw)
}

// shape shows the form of a mask without the characters that it leaves readable.
func shape(value string) string {
	if value == "" {
		return "empty"
	}
	if !strings.Contains(value, "*") {
		return "NOT MASKED"
	}
	return "`" + strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return 'x'
		}
		return r
	}, value) + "`, x for a letter or digit"
}
