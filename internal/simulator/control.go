// Copyright (c) coveo-privacy contributors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// controlPrefix is where the simulator itself is asked, from outside of its process. Nothing below it needs a bearer,
// is counted or is checked against a document.
const controlPrefix = "/simulator/"

func (o *Organization) serveControl(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, controlPrefix) {
	case "GET calls":
		reply(w, http.StatusOK, o.CallCounts())
	case "GET unanswered":
		reply(w, http.StatusOK, o.Unanswered())
	case "GET problems":
		reply(w, http.StatusOK, append([]string{}, o.Problems()...))
	case "GET keys":
		reply(w, http.StatusOK, o.Keys())
	case "GET groups":
		reply(w, http.StatusOK, o.Groups())
	case "GET invitations":
		reply(w, http.StatusOK, map[string]int{"emails": o.InvitationEmails()})
	case "GET events":
		reply(w, http.StatusOK, o.Events(r.URL.Query().Get("userId")))
	case "GET recordings":
		reply(w, http.StatusOK, o.Recordings())
	case "POST forget":
		o.ForgetRecordings()
		reply(w, http.StatusNoContent, nil)
	case "POST reset":
		o.ForgetRecordings()
		o.ResetCalls()
		o.ClearFaults()
		reply(w, http.StatusNoContent, nil)
	case "POST events":
		var body struct {
			UserID string    `json:"userId"`
			Kind   EventKind `json:"kind"`
			Count  int       `json:"count"`
		}
		control(w, r, &body, func() string {
			if body.UserID == "" || body.Kind == "" || body.Count < 1 {
				return "userId, kind and a positive count are needed"
			}
			o.Log(body.UserID, body.Kind, body.Count)
			return ""
		})
	case "POST advance":
		var body struct {
			By string `json:"by"`
		}
		control(w, r, &body, func() string {
			by, err := time.ParseDuration(body.By)
			if err != nil || by < 0 {
				return "by must be a duration such as 24h"
			}
			o.Advance(by)
			return ""
		})
	case "POST faults":
		var body struct {
			Fault
			Delay string `json:"delay"`
		}
		control(w, r, &body, func() string {
			if body.Delay != "" {
				delay, err := time.ParseDuration(body.Delay)
				if err != nil {
					return "delay must be a duration such as 2s"
				}
				body.Fault.Delay = delay
			}
			o.Inject(body.Fault)
			return ""
		})
	case "POST users":
		var body struct {
			PersonView
			Token string `json:"token"`
		}
		control(w, r, &body, func() string {
			if body.Username == "" && body.Email == "" {
				return "a username or an email is needed"
			}
			o.AddUser(body.PersonView, body.Token)
			return ""
		})
	case "POST readonly":
		var body struct {
			ReadOnly bool `json:"readOnly"`
		}
		control(w, r, &body, func() string {
			o.SetReadOnly(body.ReadOnly)
			return ""
		})
	default:
		reply(w, http.StatusNotFound, map[string]string{"error": "the simulator has no such control"})
	}
}

// control reads a strict JSON body and does what it says; a text is what is wrong with it.
func control(w http.ResponseWriter, r *http.Request, body any, do func() string) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, largestBody))
	decoder.DisallowUnknownFields()
	problem := ""
	if err := decoder.Decode(body); err != nil {
		problem = err.Error()
	} else {
		problem = do()
	}
	if problem != "" {
		reply(w, http.StatusBadRequest, map[string]string{"error": problem})
		return
	}
	reply(w, http.StatusNoContent, nil)
}

func reply(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
