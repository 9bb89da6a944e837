// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package collection

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// tokenKind is what can be told of an access token without asking anyone.
type tokenKind int

const (
	tokenNone tokenKind = iota
	// tokenKey is an API key, which stands for no person.
	tokenKey
	// tokenOfUser is a token whose content names a user.
	tokenOfUser
	// tokenOpaque is any other, which may stand for one.
	tokenOpaque
)

// header notes what a header says. Its value goes nowhere.
func (r *request) header(name, value string) {
	switch strings.ToLower(name) {
	case "authorization":
		scheme, token, _ := strings.Cut(value, " ")
		if strings.EqualFold(scheme, "bearer") {
			r.token = kindOfToken(strings.TrimSpace(token))
		}
	case "content-type":
		r.typed = value != ""
	case "content-length":
		r.length = value
	}
}

// withheld says whether the headers show a body that the entry neither has nor counts: Playwright does so with a Blob, which is
// what Coveo's libraries make beacons of. A request that is sent while the page is left has no length yet.
func (r *request) withheld() bool {
	if r.length != "" {
		return r.length != "0"
	}
	return r.typed && !r.declared
}

func kindOfToken(token string) tokenKind {
	parts := strings.Split(token, ".")
	switch {
	case token == "":
		return tokenNone
	case len(parts) != 3 && strings.HasPrefix(token, "xx"):
		return tokenKey
	case len(parts) != 3:
		return tokenOpaque
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		DisplayName string `json:"userDisplayName"`
		UserIDs     []struct {
			Name string `json:"name"`
		} `json:"userIds"`
	}
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return tokenOpaque
	}
	if claims.DisplayName != "" && !strings.EqualFold(claims.DisplayName, "anonymous") {
		return tokenOfUser
	}
	for _, user := range claims.UserIDs {
		if user.Name != "" && !strings.EqualFold(user.Name, "anonymous") {
			return tokenOfUser
		}
	}
	if len(claims.UserIDs) > 0 {
		return tokenKey // its only user is nobody
	}
	return tokenOpaque
}
