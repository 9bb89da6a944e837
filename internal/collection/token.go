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
	if !strings.EqualFold(name, "authorization") {
		return
	}
	scheme, token, _ := strings.Cut(value, " ")
	if strings.EqualFold(scheme, "bearer") {
		r.token = kindOfToken(strings.TrimSpace(token))
	}
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
